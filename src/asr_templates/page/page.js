"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const field = (id) => document.getElementById(id);
  const TEXT_FIELDS = ["bucket", "path", "account", "organization"];
  const SELECTS = ["partition", "region", "home"];
  const boxes = [...document.querySelectorAll("input[name=playbook]")];

  // As Python's urllib.parse.quote(text, safe=""): encodeURIComponent leaves these five characters alone.
  const quote = (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

  function fill(select, values, wanted) {
    select.replaceChildren(...values.map((value) => new Option(value, value)));
    select.value = values.includes(wanted) ? wanted : values[0];
  }

  function showRegions(region, home) {
    const known = data.partitions[field("partition").value].regions;
    fill(field("region"), known, region);
    fill(field("home"), known, home || field("region").value);
  }

  function problem() {
    const wrong = TEXT_FIELDS.map(field).find((input) => !input.checkValidity());
    if (wrong) {
      const label = wrong.closest("label").firstChild.textContent.trim();
      return `${label}: ${wrong.value ? wrong.title : "is needed for the links"}.`;
    }
    return boxes.some((box) => box.checked) ? "" : "Choose at least one playbook.";
  }

  function parameters() {
    const chosen = Object.fromEntries(boxes.map((box) => [`Load${box.value}`, box.checked ? "yes" : "no"]));
    const organization = field("organization").value;
    return {
      TemplateBucket: field("bucket").value,
      TemplatePrefix: field("path").value,
      SecHubAdminAccount: field("account").value,
      OrchestratorRegion: field("home").value,
      ...(organization ? { OrganizationId: organization } : {}),
      ...chosen,
    };
  }

  function launch(root) {
    const partition = data.partitions[field("partition").value];
    const region = root === data.roots[0] ? field("home").value : field("region").value;
    const host = `${field("bucket").value}-${region}.s3.${region}.${partition.suffix}`;
    const template = `https://${host}/${field("path").value}/templates/${root.file}.template`;
    const given = Object.entries(parameters()).filter(([name]) => root.parameters.includes(name));
    return { partition, region, template, given };
  }

  function link(root) {
    const { partition, region, template, given } = launch(root);
    const query = [["templateURL", template], ["stackName", root.name]];
    query.push(...given.map(([name, value]) => [`param_${name}`, value]));
    const fragment = query.map(([name, value]) => `${name}=${quote(value)}`).join("&");
    const console = `https://${region}.${partition.console}/cloudformation/home?region=${region}`;
    return `${console}#/stacks/create/review?${fragment}`;
  }

  function command(root) {
    const { region, template, given } = launch(root);
    const values = given.map(([name, value]) => `ParameterKey=${name},ParameterValue=${value}`).join(" ");
    return `aws cloudformation create-stack-set --region ${region} --stack-set-name ${root.name}`
      + ` --template-url ${template} --parameters ${values} --capabilities CAPABILITY_NAMED_IAM`
      + " --permission-model SERVICE_MANAGED"
      + " --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false";
  }

  function update() {
    const wrong = problem();
    field("problem").textContent = wrong;
    for (const root of data.roots) {
      const anchor = document.querySelector(`a[data-root="${root.file}"]`);
      anchor.setAttribute("aria-disabled", String(Boolean(wrong)));
      if (wrong) anchor.removeAttribute("href");
      else anchor.href = link(root);
    }
    field("stacksets").textContent = wrong ? wrong : data.roots.slice(1).map(command).join("\n\n");
    const state = new URLSearchParams();
    for (const id of [...SELECTS, ...TEXT_FIELDS]) state.set(id, field(id).value);
    state.set("playbooks", boxes.filter((box) => box.checked).map((box) => box.value).join(","));
    history.replaceState(null, "", `#${state}`);
  }

  function restore() {
    const state = new URLSearchParams(location.hash.slice(1));
    fill(field("partition"), Object.keys(data.partitions), state.get("partition"));
    showRegions(state.get("region") || "us-east-1", state.get("home"));
    for (const id of TEXT_FIELDS) if (state.has(id)) field(id).value = state.get(id);
    if (state.has("playbooks")) {
      const chosen = state.get("playbooks").split(",");
      for (const box of boxes) box.checked = chosen.includes(box.value);
    }
    field("filter").value = state.get("filter") || "";
  }

  function filter() {
    const wanted = field("filter").value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of field("rows").rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    field("count").textContent = shown === 1 ? "1 control" : `${shown} controls`;
  }

  restore();
  filter();
  update();
  field("partition").addEventListener("change", () => showRegions());
  field("answers").addEventListener("submit", (event) => event.preventDefault());
  field("answers").addEventListener("input", update);
  field("answers").addEventListener("change", update);
  field("filter").addEventListener("input", filter);
})();
