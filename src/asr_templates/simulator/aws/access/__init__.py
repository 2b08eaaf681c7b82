"""IAM: whether a caller may do what it asks for.

`policies` and `conditions` evaluate the policy language, `requests` says what a call does to which resources, `roles`,
`trust` and `resource_policies` find the policies that apply, and `enforcement` puts them between each client and its
service. Nothing passes silently: what cannot be decided raises NotSimulated.
"""
