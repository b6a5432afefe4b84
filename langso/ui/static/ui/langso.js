// Enhances [data-module] only; every page works without this file.
"use strict";
const all = (sel, root = document) => [...root.querySelectorAll(sel)];
const modules = {
 theme(button) {
  const root = document.documentElement;
  button.hidden = false;
  button.onclick = () => {
   const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
   root.dataset.theme = dark ? "light" : "dark";
   document.cookie = `giao_dien=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  };
 },
 problems: (box) => box.closest("[data-still]") || box.focus(),
 file(input) {
  const line = document.createElement("span");
  line.className = "chosen";
  input.after(line);
  input.onchange = () => {
   line.textContent = [...input.files].map((f) => `${f.name}, ${Math.ceil(f.size / 1024).toLocaleString("vi")} kB`).join("; ");
  };
 },
 // See docs/reference/components.md.
 autosave(form) {
  const key = `langso:${form.dataset.key || form.dataset.url}`;
  const status = form.querySelector("[data-saved]");
  let busy = false, timer, faulty = {}, wrong = {}, draft = {};
  const code = (name) => (name.includes("-") ? name.slice(0, name.lastIndexOf("-")) : name);
  const now = (name) => new FormData(form).getAll(name).filter((v) => typeof v === "string");
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  // 2716 and 2.716 are one count.
  const alike = (name, a, b) => same(...[a, b].map((v) => form.elements[name].inputMode === "numeric" ? v.map((t) => t.replace(/[.\s]/g, "")) : v));
  const keep = () => {
   try { Object.keys(draft).length ? localStorage.setItem(key, JSON.stringify(draft)) : localStorage.removeItem(key); } catch {}
  };
  const say = (text, bad) => {
   if (!status) return;
   status.classList.toggle("bad-news", !!bad);
   (status.querySelector("span") || status).textContent = text;
  };
  const mark = (name, sentence) => {
   const box = all("[data-field]", form).find((b) => b.dataset.field === name);
   const line = box && box.querySelector(".err");
   if (!line) return;
   line.textContent = sentence || "";
   line.hidden = !sentence;
   box.classList.toggle("bad", !!sentence);
   for (const el of all("input,select,textarea", box)) {
    const ids = new Set((el.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    sentence ? ids.add(line.id) : ids.delete(line.id);
    sentence ? el.setAttribute("aria-invalid", "true") : el.removeAttribute("aria-invalid");
    ids.size ? el.setAttribute("aria-describedby", [...ids].join(" ")) : el.removeAttribute("aria-describedby");
   }
  };
  const start = {};
  for (const el of form.elements) if (el.name && el.type !== "file" && el.type !== "hidden") start[el.name] = now(el.name);
  async function send() {
   clearTimeout(timer);
   const names = Object.keys(draft).filter((n) => !same(faulty[n], draft[n].to));
   if (busy || !names.length) return;
   busy = true;
   const codes = new Set(names.map(code)), sent = {}, body = new FormData();
   const whole = Object.keys(start).filter((n) => codes.has(code(n)));
   for (const el of form.elements) if (el.type === "hidden" && el.name) body.set(el.name, el.value);
   for (const n of whole) (sent[n] = now(n)).length ? sent[n].forEach((v) => body.append(n, v)) : body.append(n, "");
   let wait = 800;
   try {
    const answer = await fetch(form.dataset.url, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
    const json = (answer.headers.get("content-type") || "").includes("json") && (await answer.json());
    if (!json || !json.saved_at) {
     wait = answer.status < 500 ? 0 : 15000;
     say(json && json.refused || (wait ? "Máy chủ chưa nhận. Máy này giữ hộ, lát nữa gửi lại." : "Chưa lưu. Máy này giữ hộ những ô đã ghi. Đăng nhập lại rồi mở lại trang này."), true);
    } else {
     const errors = json.errors || {};
     const refused = new Set(Object.keys(errors).map(code));
     for (const n of whole) {
      const here = now(n);
      delete wrong[n];
      if (!refused.has(code(n))) {
       delete faulty[n];
       mark(n);
       start[n] = sent[n];
       if (same(here, sent[n])) delete draft[n];
       else draft[n] = { from: sent[n], to: here };
      } else if (same(here, sent[n])) {
       faulty[n] = sent[n];
       if (errors[n]) wrong[n] = true;
       mark(n, errors[n]);
      }
     }
     for (const [result, html] of Object.entries(json.results || {})) {
      const place = all("[data-result]").find((el) => el.dataset.result === result);
      if (place) place.innerHTML = html;
     }
     for (const [name, value] of Object.entries(json.bases || {})) if (form.elements[name]) form.elements[name].value = value;
     const bad = Object.keys(wrong).length;
     say(bad ? `Chưa lưu ${bad} ô có lỗi. Phần còn lại đã lưu lúc ${json.saved_at}.` : `Đã lưu lúc ${json.saved_at}.`, bad);
     keep();
    }
   } catch {
    wait = 15000;
    say("Đang không có mạng. Cứ ghi, máy này giữ hộ.", true);
   }
   busy = false;
   if (wait) timer = setTimeout(send, wait);
  }
  const changed = (event) => {
   const name = event.target.name;
   if (!(name in start)) return;
   const to = now(name);
   for (const n of Object.keys(faulty)) if (n !== name && code(n) === code(name)) delete faulty[n];
   if (!same(to, start[name])) draft[name] = { from: start[name], to };
   else {
    delete draft[name];
    if (faulty[name]) mark(name);
    delete faulty[name];
    delete wrong[name];
   }
   keep();
   clearTimeout(timer);
   timer = setTimeout(send, 800);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", send);
  form.addEventListener("submit", () => { clearTimeout(timer); if (navigator.onLine) { draft = {}; keep(); } });
  document.addEventListener("visibilitychange", send);
  addEventListener("online", send);
  let old = {};
  try { old = JSON.parse(localStorage.getItem(key)) || {}; } catch {}
  for (const [name, was] of Object.entries(old)) {
   if (!(name in start) || alike(name, was.to, start[name])) continue;
   if (!same(was.from, start[name])) {
    mark(name, `Máy này còn giữ “${was.to.join(", ")}” ghi dở lần trước; sau đó ô này đã được sửa. Ghi lại nếu cần.`);
    continue;
   }
   for (const el of all("input,select,textarea", form).filter((e) => e.name === name))
    if (el.type === "radio" || el.type === "checkbox") el.checked = was.to.includes(el.value);
    else el.value = was.to[0] || "";
   draft[name] = was;
  }
  keep();
  if (Object.keys(draft).length) { say("Đã điền lại những ô ghi dở lần trước."); send(); }
 },
};
for (const el of all("[data-module]")) (modules[el.dataset.module] || (() => {}))(el);
