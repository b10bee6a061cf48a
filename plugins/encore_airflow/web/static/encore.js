// What the pages do beyond htmx: keep what was typed, copy, tell the viewer's time zone. Without it every form still works.
(() => {
  "use strict";
  const base = document.body.dataset.base || "";
  const byId = (id) => document.getElementById(id);

  // The viewer's zone, so that times can be shown in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`encore_zone=${encodeURIComponent(zone)}`)) {
    document.cookie = `encore_zone=${encodeURIComponent(zone)}; path=${base || "/"}; max-age=31536000; samesite=lax`;
  }

  const blank = document.querySelector("input[name=timezone]");
  if (blank && !blank.value && zone) blank.value = zone;

  // A password that is typed once can be looked at.
  for (const box of document.querySelectorAll("[data-shows]")) box.closest("label").hidden = false;

  // Drafts: what was typed into a text and not saved outlives the tab, for a week.
  const WEEK = 7 * 86400 * 1000;
  const keyOf = (name) => `encore draft ${document.body.dataset.person} ${name}`;
  const kept = (name) => {
    try {
      const draft = JSON.parse(localStorage.getItem(keyOf(name)));
      return draft && Date.now() - draft.at < WEEK ? draft : null;
    } catch { return null; }
  };
  const keep = (area) => {
    const draft = { text: area.value, version: area.dataset.version, at: Date.now() };
    try { localStorage.setItem(keyOf(area.dataset.draft), JSON.stringify(draft)); } catch { /* a full store keeps none */ }
  };
  const forget = (name) => { try { localStorage.removeItem(keyOf(name)); } catch { /* nothing was kept */ } };

  const restore = (root) => {
    for (const area of root.querySelectorAll("textarea[data-draft]")) {
      if (area.dataset.met) continue;
      area.dataset.met = "yes";
      area.dataset.stored = area.value;
      const draft = kept(area.dataset.draft);
      if (draft && draft.text !== area.value && !area.closest("article").querySelector("[role=alert]")) {
        area.value = draft.text;
        area.form.querySelector(".draft-note").hidden = false;
        area.dispatchEvent(new Event("encore:restored", { bubbles: true }));
      }
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-draft]")) keep(event.target);
    // Who types a time means it.
    const own = event.target.value && event.target.closest("fieldset.time")?.querySelector("input[value=at]");
    if (own && event.target.type === "datetime-local") own.checked = true;
  });
  document.addEventListener("encore:saved", (event) => forget(event.detail.draft));
  document.addEventListener("click", (event) => {
    const discard = event.target.closest("[data-discard]");
    if (discard) {
      const area = discard.form.querySelector("textarea");
      area.value = area.dataset.stored;
      forget(area.dataset.draft);
      discard.closest(".draft-note").hidden = true;
      area.dispatchEvent(new Event("encore:restored", { bubbles: true }));
      area.focus();
    }
    const left = event.target.closest("[data-discard-draft]");
    if (left) forget(left.dataset.discardDraft);
    const shows = event.target.closest("[data-shows]");
    if (shows) byId(shows.dataset.shows).type = shows.checked ? "text" : "password";
    const copy = event.target.closest("[data-copy]");
    if (copy) copied(copy);
  });

  const copied = async (button) => {
    const text = byId(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.textContent);
      byId("said").textContent = button.dataset.copied;
      const name = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = name; }, 2000);
    } catch {
      getSelection().selectAllChildren(text); // not allowed here: selected, so that the person can
    }
  };

  // A page that looks by itself does not while nobody sees it, and never takes away what somebody is at.
  const looks = (element) => element instanceof Element && element.matches("[data-looks], .stage[hx-get]");
  const atWork = (section) =>
    section.contains(document.activeElement) && document.activeElement.matches("input, textarea, select") ||
    [...section.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!looks(event.detail.elt)) return;
    if (document.hidden || atWork(event.detail.elt)) event.preventDefault();
  });

  let open = [];
  let held = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    byId("offline").hidden = true;
    const { target, xhr, requestConfig } = event.detail;
    if (xhr.status < 400) byId("notice").replaceChildren();
    if (looks(requestConfig.elt) && atWork(requestConfig.elt)) event.detail.shouldSwap = false;
    // What a look has met is told once, not every few seconds.
    if (looks(requestConfig.elt) && xhr.status >= 400 && byId("notice").childElementCount) event.detail.shouldSwap = false;
    // What was unfolded stays so, but not the form that has just done its work.
    const done = xhr.status < 400 ? requestConfig.elt : null;
    open = [...target.querySelectorAll("details[open][id]")].filter((details) => !details.contains(done)).map(({ id }) => id);
    const focused = document.activeElement;
    held = target.contains(focused) ? focused.closest("[id]")?.id ?? "" : "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const id of open) byId(id)?.setAttribute("open", "");
    if (held && document.activeElement === document.body) byId(held)?.querySelector("a, button, summary")?.focus();
    if (event.detail.boosted) {
      (document.querySelector("#content [autofocus]") || document.querySelector("#content h1"))?.focus();
    }
    const told = byId("notice").querySelector("[data-focus]");
    if (told && event.detail.target.id === "notice" && !looks(event.detail.requestConfig.elt)) { told.focus(); told.scrollIntoView({ block: "center" }); }
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (looks(event.detail.elt)) return;
    byId("offline").hidden = false;
    byId("offline").scrollIntoView({ block: "center" });
  });

  // At the first page and whatever is put into it, once htmx hears what is said there: what is restored is checked too.
  document.addEventListener("htmx:load", (event) => restore(event.detail.elt));
})();
