"use strict";
// The page is complete without this. With it a drawing that comes into sight is drawn anew by Vega,
// answers to the pointer, and shows the network that was chosen in any other.
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, words = "", kind = "") => {
    const element = document.createElement(name);
    element.textContent = words;
    if (kind) element.className = kind;
    return element;
  };
  const bytes = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const unpacked = (packed) => new Response(new Blob([bytes(packed)]).stream().pipeThrough(new DecompressionStream("gzip")));
  const text = (id) => unpacked(document.getElementById(id).textContent).text();
  let data;

  // Vega runs as a script of the page, allowed by its hash, when the first drawing needs it.
  let vega;
  const embed = async (box, spec, label) => {
    vega ??= text("vega").then((code) => void document.head.append(make("script", code)));
    await vega;
    const options = { mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, logLevel: 0, config: data.config, tooltip: { disableDefaultStyle: true } };
    const { view } = await vegaEmbed(box, spec, options);
    // A picture with one name, as the drawing that it replaces: what Vega says of the box and of
    // every group of marks would be noise.
    for (const said of ["role", "aria-roledescription"]) box.removeAttribute(said);
    const picture = box.querySelector("svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", label);
    picture.querySelector("g").setAttribute("aria-hidden", "true");
    return view;
  };

  // A panel whose turn has come: the drawing stays until its successor is there, and if there is none.
  const stills = new Map();
  const views = new Map();
  const wake = async (place) => {
    const spec = data.views[place.dataset.view];
    const box = make("div", "", "view");
    const still = place.querySelector("svg");
    // A panel may be narrower than its drawing, and letters should not shrink.
    const width = spec.autosize?.type === "fit-x" ? Math.min(spec.width, place.clientWidth || spec.width) : spec.width;
    const view = await embed(box, { ...spec, width }, still.getAttribute("aria-label"));
    view.addEventListener("click", (_, item) => {
      if (!item?.datum?.who) return;
      choose(item.datum.who);
      // What was chosen stays in sight, above what is said of it.
      scrollBy({ top: Math.max(0, box.getBoundingClientRect().bottom - panel.getBoundingClientRect().top) });
    });
    const figure = place.closest("figure");
    views.set(view, figure);
    await follow(view, figure);
    stills.set(place, still);
    still.replaceWith(box);
  };
  let turn = Promise.resolve();
  const watch = () => {
    const watcher = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        turn = turn.then(() => wake(target)).catch(() => target.classList.add("still"));
      }
    }, { rootMargin: "200px" });
    all("[data-view]").filter((one) => one.dataset.view in data.views).forEach((one) => watcher.observe(one));
  };

  // Choosing: `who` is a network, "condition.seed", or the two of a pair.
  let chosen = "";
  const names = () => chosen.split(" ").filter(Boolean);
  const choose = (who) => {
    chosen = who;
    describe();
    for (const figure of all("figure")) tell(figure);
    for (const [view, figure] of views) follow(view, figure);
  };
  // A figure that has no mark of the chosen says so, and fades nothing.
  const marked = new Map();
  const marks = ({ id }) => {
    if (!marked.has(id)) {
      const specs = Object.keys(data.views).filter((view) => view.startsWith(`${id}/`)).map((view) => data.views[view]);
      const rows = specs.flatMap(({ datasets }) => Object.values(datasets)).flat();
      marked.set(id, [...new Set(rows.map(({ who }) => who).filter(Boolean))]);
    }
    return marked.get(id);
  };
  const within = (one, other) => ` ${other} `.includes(` ${one} `);
  const absent = new Map();
  const look = (figure) => {
    if (!chosen || !marks(figure).length) return [];
    const there = marks(figure).filter((who) => within(chosen, who) || within(who, chosen));
    return there.some((who) => within(chosen, who)) ? [] : names().filter((who) => !there.includes(who));
  };
  const tell = (figure) => {
    absent.set(figure, look(figure));
    figure.querySelector(".absent")?.remove();
    if (!absent.get(figure).length) return;
    const said = absent.get(figure).map((who) => facts(who).said).join(" and ");
    figure.querySelector(".foot").append(make("span", `Not drawn here: ${said}.`, "absent"));
  };
  const follow = (view, figure) => {
    const none = absent.get(figure)?.length === names().length;
    return view.signal("chosen", none ? "" : chosen).runAsync();
  };
  const facts = (who) => {
    const [condition, seed] = who.split(".").map(Number);
    const one = data.conditions[condition];
    return { ...one, condition, seed, row: one.networks[seed] ?? [], said: `${one.label}, network ${one.names[seed] ?? seed}` };
  };
  const panel = document.getElementById("chosen");
  const describe = () => {
    panel.hidden = !chosen;
    while (passing.length) passing.pop().finalize();
    if (!chosen) return panel.firstElementChild.replaceChildren();
    const bar = make("div", "", "bar");
    bar.append(make("strong", names().map((who) => facts(who).said).join(" and ")));
    const buttons = make("span");
    const button = (words, act) => {
      const one = make("button", words);
      one.addEventListener("click", act);
      buttons.append(one, " ");
    };
    if (names().length === 1) for (const [words, step] of [["Previous", -1], ["Next", 1]]) button(words, () => move(step, words));
    button("Let go", () => choose(""));
    bar.append(buttons);
    const found = make("div", "", "views");
    found.append(...names().map(table));
    panel.firstElementChild.replaceChildren(bar, found);
    if (names().length === 1) pictures(chosen, found);
  };
  const move = (step, words) => {
    const { condition, seed, networks } = facts(chosen);
    const seeds = Object.keys(networks).map(Number);
    choose(`${condition}.${seeds[(seeds.indexOf(seed) + step + seeds.length) % seeds.length]}`);
    all("button", panel).find((one) => one.textContent === words)?.focus();
  };
  const table = (who) => {
    const element = make("table");
    const { row, said } = facts(who);
    if (names().length > 1) element.append(make("caption", said));
    data.facts.forEach((name, index) => {
      if (row[index] === null || row[index] === undefined) return;
      const line = element.insertRow();
      const head = make("th", name);
      head.scope = "row";
      line.append(head, make("td", String(row[index])));
    });
    return element;
  };
  // What the chosen network does, where the page holds it; gone with the choice.
  const passing = [];
  const pictures = (who, place) => {
    const exhibits = data.exhibits[who] ?? [];
    if (!exhibits.length && data.unshown) place.append(make("p", data.unshown));
    for (const { title, kind, rows } of exhibits) {
      const box = make("div");
      const picture = make("div");
      box.append(make("p", title));
      place.append(box);
      embed(picture, { ...data.exhibit[kind], datasets: { rows } }, title).then((view) => {
        // Another may have been chosen meanwhile.
        if (!box.isConnected) return view.finalize();
        passing.push(view);
        box.append(picture);
      }).catch(() => box.remove());
    }
  };

  // The same by keyboard.
  const chooser = () => {
    const conditions = document.getElementById("choose-condition");
    if (!conditions) return;
    const networks = document.getElementById("choose-network");
    const fill = () => networks.replaceChildren(...Object.keys(data.conditions[conditions.value]?.networks ?? {}).map((seed) => new Option(data.conditions[conditions.value].names[seed] ?? seed, seed)));
    conditions.replaceChildren(...data.conditions.map((one, index) => new Option(one.label, index)));
    conditions.addEventListener("change", fill);
    document.getElementById("choose-go").addEventListener("click", () => choose(`${conditions.value}.${networks.value}`));
    fill();
    document.addEventListener("keydown", ({ key }) => key === "Escape" && chosen && choose(""));
  };

  // Figures and tables to keep.
  const save = (blob, name) => {
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const SVG = "http://www.w3.org/2000/svg";
  const svg = (name, attributes, words = "") => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = words;
    return element;
  };
  // All panels in rows of three, on white paper whatever the page is on.
  const drawing = (figure) => {
    const outer = svg("svg", { xmlns: SVG, class: "chart", fill: "none" });
    outer.append(svg("style", {}, document.getElementById("chart-style").textContent));
    let top = 0, width = 0, row = 0, left = 0;
    all(".panel", figure).forEach((one, index) => {
      if (index && index % 3 === 0) { top += row + 12; row = 0; left = 0; }
      const still = stills.get(one) ?? one.querySelector("svg");
      const box = still.viewBox.baseVal;
      const inner = svg("g", { transform: `translate(${left} ${top + 18})` });
      inner.append(...[...still.childNodes].map((node) => node.cloneNode(true)));
      outer.append(svg("text", { class: "title", x: left, y: top + 12 }, one.querySelector("p")?.textContent ?? ""), inner);
      left += box.width + 14;
      width = Math.max(width, left);
      row = Math.max(row, box.height + 18);
    });
    const height = top + row;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) outer.setAttribute(name, value);
    const text = new XMLSerializer().serializeToString(outer).replace(/var\(--(\w+)\)/g, (whole, name) => data.palette[name] ?? whole);
    return { blob: new Blob([text], { type: "image/svg+xml" }), width, height };
  };
  const png = ({ blob, width, height }, name) => {
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
      canvas.toBlob((made) => save(made, name));
      URL.revokeObjectURL(image.src);
    };
    image.src = URL.createObjectURL(blob);
  };
  const downloads = () => {
    for (const figure of all("figure")) {
      const title = figure.querySelector("h3").textContent;
      for (const [kind, keep] of [["SVG", ({ blob }, name) => save(blob, name)], ["PNG", png]]) {
        const button = make("button", kind);
        button.type = "button";
        button.setAttribute("aria-label", `${title} as ${kind}`);
        button.addEventListener("click", () => keep(drawing(figure), `${figure.id}.${kind.toLowerCase()}`));
        figure.querySelector(".foot").append(button);
      }
    }
    // Compressed tables are unpacked on the way out, so that a spreadsheet opens them.
    for (const link of all("a.csv")) {
      if (!link.download.endsWith(".gz")) continue;
      const name = link.download.replace(/\.gz$/, "");
      link.textContent = name;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        unpacked(link.href.split(",")[1]).blob().then((blob) => save(new Blob([blob], { type: "text/csv" }), name));
      });
    }
  };

  // All of this waits until the page is open: its drawings are what is read meanwhile.
  addEventListener("load", async () => {
    if (!("DecompressionStream" in window)) return;
    data = JSON.parse(await text("data"));
    root.classList.add("js");
    downloads();
    chooser();
    watch();
    // A large page is laid out piece by piece until it is open, then whole.
    (window.requestIdleCallback ?? setTimeout)(() => root.classList.add("settled"));
  });
})();
