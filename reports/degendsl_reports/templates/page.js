"use strict";
// The page is complete without this: it links the views, names marks and saves figures.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  root.classList.add("js");
  const SVG = "http://www.w3.org/2000/svg";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, words = "", kind = "") => {
    const element = document.createElement(name);
    element.textContent = words;
    if (kind) element.className = kind;
    return element;
  };
  const parts = (who) => who.split(".").map(Number);
  const facts = (who) => {
    const [condition, seed] = parts(who);
    const one = data.conditions[condition];
    return one && { label: one.label, seed, row: one.networks[seed], condition };
  };
  const called = (who) => {
    const found = facts(who);
    return found ? `${found.label}, network ${found.seed}` : who;
  };

  // Choosing: every mark of a network, in every view.
  let chosen = [];
  const choose = (names) => {
    all(".chart .on").forEach((mark) => mark.classList.remove("on"));
    chosen = names;
    root.classList.toggle("choosing", names.length > 0);
    for (const who of names) {
      for (const mark of all(`.chart [data-n~="${CSS.escape(who)}"]`)) {
        const alone = mark.dataset.n.split(" ").length === 1;
        if (!alone && names.length > 1 && mark.dataset.n !== names.join(" ")) continue;
        mark.classList.add("on");
        if (alone) mark.parentNode.append(mark);
      }
    }
    describe();
  };

  const panel = document.getElementById("chosen");
  const describe = () => {
    panel.hidden = chosen.length === 0;
    if (panel.hidden) return;
    const inside = panel.firstElementChild;
    inside.replaceChildren();
    const bar = make("div", "", "bar");
    bar.append(make("strong", chosen.map(called).join(" and ")));
    const buttons = make("span");
    for (const [words, step] of [["Previous", -1], ["Next", 1]]) {
      if (chosen.length !== 1) continue;
      const button = make("button", words);
      button.addEventListener("click", () => move(step, words));
      buttons.append(button, " ");
    }
    const close = make("button", "Let go");
    close.addEventListener("click", () => choose([]));
    buttons.append(close);
    bar.append(buttons);
    inside.append(bar);
    const views = make("div", "", "views");
    for (const who of chosen) views.append(table(who));
    if (chosen.length === 1) pictures(chosen[0]).forEach((one) => views.append(one));
    inside.append(views);
  };
  const table = (who) => {
    const element = make("table");
    const found = facts(who);
    if (chosen.length > 1) element.append(make("caption", called(who)));
    data.facts.forEach((name, index) => {
      const value = found?.row?.[index];
      if (value === null || value === undefined) return;
      const row = element.insertRow();
      const head = make("th", name);
      head.scope = "row";
      row.append(head, make("td", String(value)));
    });
    return element;
  };
  const move = (step, words) => {
    const [condition, seed] = parts(chosen[0]);
    const seeds = Object.keys(data.conditions[condition].networks).map(Number);
    const next = seeds[(seeds.indexOf(seed) + step + seeds.length) % seeds.length];
    choose([`${condition}.${next}`]);
    all("button", panel).find((one) => one.textContent === words)?.focus();
  };

  // What the chosen network does: its trials and its trajectories, where the page holds them.
  const pictures = (who) => {
    const [condition] = parts(who);
    const found = [];
    for (const [reach, outputs] of Object.entries(data.outputs[who] ?? {})) {
      const base = data.targets[condition]?.[reach];
      if (base) found.push(trial(reach, base, outputs, condition));
    }
    const path = data.paths[who];
    if (path) found.push(plane(path, condition));
    if (!found.length) found.push(make("p", "The page holds trials of the best, the median and the worst network of each condition; not of this one."));
    return found;
  };
  const picture = (title, width, height) => {
    const box = make("div");
    box.append(make("p", title));
    const svg = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title })) svg.setAttribute(name, value);
    box.append(svg);
    return [box, svg];
  };
  const add = (svg, name, attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    svg.append(element);
    return element;
  };
  // Styles are those of groups of marks.
  const group = (svg, kind) => add(svg, "g", { class: kind });
  const trial = (reach, base, outputs, condition) => {
    const each = 28, width = 236;
    const [box, svg] = picture(reach === "in" ? "A test trial" : `Out of distribution: ${reach}`, width, each * base.channels.length);
    base.channels.forEach((target, row) => {
      for (const [values, kind] of [[target, "target"], [outputs[row], `line c${data.conditions[condition].colour}`]]) {
        if (!values) continue;
        const d = values.map((value, index) => `${index ? "L" : "M"}${(index / Math.max(1, values.length - 1) * (width - 8) + 4).toFixed(1)} ${((row + 0.5 - (value / 1000 - 0.5) * 0.72) * each).toFixed(1)}`).join("");
        add(group(svg, kind), "path", { d });
      }
    });
    return box;
  };
  const plane = (path, condition) => {
    const [box, svg] = picture("States, two main directions", 150, 150);
    const place = (value, sign) => (75 + sign * value * 0.0705).toFixed(1);
    const colour = `c${data.conditions[condition].colour}`;
    for (const line of path.lines) {
      let d = "";
      for (let i = 0; i < line.length; i += 2) d += `${i ? "L" : "M"}${place(line[i], 1)} ${place(line[i + 1], -1)}`;
      add(group(svg, `path ${colour}`), "path", { d });
    }
    for (const [x, y, stable] of path.points) {
      add(group(svg, `${stable ? "stable" : "unstable"} ${colour}`), "circle", { cx: place(x, 1), cy: place(y, -1), r: 4 });
    }
    return box;
  };

  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".chart [data-n]");
    if (mark) choose(mark.dataset.n.split(" "));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen.length) choose([]);
  });

  // Names under the pointer.
  const tip = document.getElementById("tip");
  document.addEventListener("pointermove", (event) => {
    const mark = event.target.closest?.(".chart [data-n]");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.n.split(" ").map(called).join(" – ");
    tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.max(4, event.clientY - 30)}px`;
  });

  // The same by keyboard.
  const conditions = document.getElementById("choose-condition");
  const networks = document.getElementById("choose-network");
  if (conditions) {
    const fill = () => networks.replaceChildren(...Object.keys(data.conditions[conditions.value]?.networks ?? {}).map((seed) => new Option(seed, seed)));
    conditions.replaceChildren(...data.conditions.map((one, index) => new Option(one.label, index)));
    conditions.addEventListener("change", fill);
    document.getElementById("choose-go").addEventListener("click", () => choose([`${conditions.value}.${networks.value}`]));
    fill();
  }

  // Figures and tables to keep.
  const save = (blob, name) => {
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const drawing = (figure) => {
    const panels = all(".panel", figure);
    const style = document.getElementById("chart-style").textContent;
    const columns = Math.min(panels.length, 3);
    const outer = document.createElementNS(SVG, "svg");
    outer.setAttribute("class", "chart");
    let top = 0, width = 0, row = 0, left = 0;
    add(outer, "style", {});
    outer.firstChild.textContent = style;
    panels.forEach((one, index) => {
      if (index && index % columns === 0) { top += row + 12; row = 0; left = 0; }
      const box = one.querySelector("svg").viewBox.baseVal;
      const words = one.querySelector("p")?.textContent ?? "";
      const group = document.createElementNS(SVG, "g");
      group.setAttribute("transform", `translate(${left} ${top})`);
      add(group, "text", { class: "title", x: 0, y: 12 });
      group.firstChild.textContent = words;
      const inner = document.createElementNS(SVG, "g");
      inner.setAttribute("transform", "translate(0 18)");
      for (const node of one.querySelector("svg").childNodes) inner.append(node.cloneNode(true));
      all(".on", inner).forEach((mark) => mark.classList.remove("on"));
      group.append(inner);
      outer.append(group);
      left += box.width + 14;
      width = Math.max(width, left);
      row = Math.max(row, box.height + 18);
    });
    for (const [name, value] of Object.entries({ xmlns: SVG, width, height: top + row, viewBox: `0 0 ${width} ${top + row}` })) outer.setAttribute(name, value);
    return { text: new XMLSerializer().serializeToString(outer), width, height: top + row };
  };
  const png = (figure, name) => {
    const { text, width, height } = drawing(figure);
    const image = new Image();
    image.onload = () => {
      const canvas = make("canvas");
      const scale = Math.min(3, 12000 / Math.max(width, height));
      canvas.width = width * scale;
      canvas.height = height * scale;
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${name}.png`));
      URL.revokeObjectURL(image.src);
    };
    image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  };
  for (const figure of all("figure")) {
    const title = figure.querySelector("h3").textContent;
    for (const kind of ["SVG", "PNG"]) {
      const button = make("button", kind);
      button.type = "button";
      button.setAttribute("aria-label", `${title} as ${kind}`);
      button.addEventListener("click", () => kind === "SVG" ? save(new Blob([drawing(figure).text], { type: "image/svg+xml" }), `${figure.id}.svg`) : png(figure, figure.id));
      figure.querySelector(".foot").append(button);
    }
  }
  // Compressed tables are unpacked on the way out, so that a spreadsheet opens them.
  for (const link of all("a.csv")) {
    if (!link.download.endsWith(".gz") || !("DecompressionStream" in window)) continue;
    const name = link.download.replace(/\.gz$/, "");
    link.textContent = name;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const packed = Uint8Array.from(atob(link.href.split(",")[1]), (letter) => letter.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      new Response(stream).blob().then((blob) => save(new Blob([blob], { type: "text/csv" }), name));
    });
  }
  // A large page is laid out piece by piece until it is open, then whole.
  const settle = () => root.classList.add("settled");
  addEventListener("load", () => ("requestIdleCallback" in window ? requestIdleCallback(settle) : setTimeout(settle, 200)));
})();
