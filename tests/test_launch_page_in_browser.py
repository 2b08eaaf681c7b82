"""The launch page in a real browser, from a file and without network."""

import html
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from asr_templates.launch import launches
from asr_templates.page import PageContent, PageControl, launch_page
from asr_templates.stacks.nesting import ADMIN, MEMBER, MEMBER_ROLES, ROOTS, Assets

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next((found for name in BROWSERS if (found := shutil.which(name))), None)
REQUIRED = os.environ.get("ASR_REQUIRE_BROWSER") == "1"
needs_browser = pytest.mark.skipif(
    BROWSER is None and not REQUIRED, reason=f"no browser is installed: none of {', '.join(BROWSERS)}"
)

PARAMETERS = {
    ADMIN: ["OrganizationId", "LoadSC", "LoadCIS120", "TemplateBucket", "TemplatePrefix"],
    MEMBER_ROLES: ["SecHubAdminAccount", "OrganizationId", "TemplateBucket", "TemplatePrefix"],
    MEMBER: ["SecHubAdminAccount", "OrchestratorRegion", "LoadSC", "LoadCIS120", "TemplateBucket", "TemplatePrefix"],
}
CONTROLS = [
    PageControl(
        "EC2.2", {"SC": "EC2.2", "CIS120": "4.3"}, "ASR-Empty", "AWS::EC2::SecurityGroup", "regional", "low", "yes"
    ),
    PageControl("S3.1", {"SC": "S3.1"}, "ASR-Block", "AWS::::Account", "global", "low", "no: <b>never</b>"),
]
CONTENT = PageContent(
    prefix="ASR",
    version="1.2.3",
    assets=Assets("my-bucket", "asr/v1.2.3"),
    playbooks={"SC": "security-control 2.0.0", "CIS120": "cis 1.2.0 </script>"},
    parameters=PARAMETERS,
    controls=CONTROLS,
    steps=(5, 7),
)
ANSWERS = {
    "partition": "aws",
    "region": "eu-west-1",
    "home": "eu-west-1",
    "bucket": "my-bucket",
    "path": "asr/v1.2.3",
    "account": "111122223333",
    "organization": "o-a1b2c3d4e5",
    "playbooks": "SC",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(launch_page(CONTENT), encoding="utf-8")
    return path


def shown(page: Path, answers: dict[str, str], script: str = "") -> str:
    """Return the page's DOM after its script has run with these answers in the address, then `script`."""
    if script:
        changed = page.with_name("changed.html")
        changed.write_text(page.read_text("utf-8").replace("</body>", f"<script>{script}</script></body>"), "utf-8")
        page = changed
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    address = f"{page.as_uri()}#{urlencode(answers)}"
    command = [str(BROWSER), *options, profile, address]
    return subprocess.run(command, capture_output=True, check=True, timeout=120, encoding="utf-8").stdout


def links(dom: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'<a class="launch"[^>]* href="([^"]+)"', dom)]


@needs_browser
@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "eu-west-1"), ("aws-us-gov", "us-gov-east-1"), ("aws-cn", "cn-north-1")]
)
def test_the_page_makes_the_links_that_the_command_prints(page: Path, partition: str, region: str) -> None:
    values = {
        "TemplateBucket": "my-bucket",
        "TemplatePrefix": "asr/v1.2.3",
        "SecHubAdminAccount": "111122223333",
        "OrchestratorRegion": region,
        "OrganizationId": "o-a1b2c3d4e5",
        "LoadSC": "yes",
        "LoadCIS120": "no",
    }
    expected = [launch.url for launch in launches(CONTENT.assets, "ASR", region, PARAMETERS, values)]
    dom = shown(page, {**ANSWERS, "partition": partition, "region": region, "home": region})

    assert expected == links(dom)


@needs_browser
def test_the_admin_link_is_for_the_region_of_the_admin_stack(page: Path) -> None:
    found = links(shown(page, {**ANSWERS, "region": "eu-west-2", "home": "us-east-1"}))

    assert [re.findall(r"region=([a-z0-9-]+)", link)[0] for link in found] == ["us-east-1", "eu-west-2", "eu-west-2"]
    assert "param_OrchestratorRegion=us-east-1" in found[2]


@needs_browser
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"account": ""}, "Security Hub administrator account: is needed for the links."),
        ({"account": "1234"}, "Security Hub administrator account: 12 digits."),
        ({"bucket": "My.Bucket"}, "Base name of the bucket: 3 to 48 lower-case letters, digits and hyphens."),
        ({"organization": "r-1"}, "AWS Organizations id (optional): An id like o-a1b2c3d4e5, or empty."),
        ({"playbooks": ""}, "Choose at least one playbook."),
    ],
)
def test_a_wrong_answer_gives_a_reason_instead_of_links(page: Path, answer: dict[str, str], message: str) -> None:
    dom = shown(page, {**ANSWERS, **answer})

    assert links(dom) == []
    assert f'role="status">{message}</p>' in dom


@needs_browser
def test_choosing_another_partition_offers_its_regions(page: Path) -> None:
    script = """
        const partition = document.getElementById("partition");
        partition.value = "aws-cn";
        for (const name of ["input", "change"]) partition.dispatchEvent(new Event(name, {bubbles: true}));
    """
    found = links(shown(page, ANSWERS, script))

    assert len(found) == 3
    assert all(link.startswith("https://cn-north-1.console.amazonaws.cn/") for link in found)


@needs_browser
def test_the_filter_shows_the_controls_that_have_all_words(page: Path) -> None:
    dom = shown(page, {**ANSWERS, "filter": "ec2 4.3"})

    assert '<p id="count" role="status">1 control</p>' in dom
    assert ["hidden" in row for row in re.findall(r"<tr[^>]*><th scope=\"row\">", dom)] == [False, True]


@needs_browser
def test_the_page_asks_nothing_of_the_network_and_its_script_has_no_error(page: Path) -> None:
    script = """
        window.addEventListener("error", (event) => document.title = "error: " + event.message);
        const asked = performance.getEntriesByType("resource").map((entry) => entry.name);
        document.title = "asked: " + asked.filter((name) => !name.startsWith("data:")).join(" ");
    """

    assert "<title>asked: </title>" in shown(page, ANSWERS, script)


def test_without_a_bucket_of_ones_own_the_page_asks_for_one() -> None:
    assert '<input id="bucket" value="" required' in launch_page(replace(CONTENT, assets=Assets()))


def test_texts_are_escaped() -> None:
    text = launch_page(CONTENT)

    assert "no: &lt;b&gt;never&lt;/b&gt;" in text
    assert "cis 1.2.0 &lt;/script&gt;" in text
    assert text.count("</script>") == 2


def test_the_page_refers_to_nothing_outside() -> None:
    assert re.findall(r"""(?:src|href)=["'](?!data:)[^"']+""", launch_page(CONTENT)) == []


def test_the_table_is_there_without_a_script() -> None:
    assert '<tr><th scope="row">EC2.2</th>' in launch_page(CONTENT)


def test_the_cost_of_a_thousand_remediations_follows_from_the_steps() -> None:
    assert "1,000 remediations cost about 10 to 14 dollars" in launch_page(CONTENT).replace("\n    ", " ")


def test_every_root_says_where_it_is_launched() -> None:
    text = launch_page(CONTENT)

    assert all(f'data-root="{root}"' in text for root in ROOTS)
    assert "Once per account, the administrator&#39;s too, in any one region." in text
