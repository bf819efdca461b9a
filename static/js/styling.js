// Ctrl+B, I, E and the quote key: the marks of XEP-0393 around what is selected, or taken away again. Loaded at the first.

import { insert } from "./complete.js";

const MARKS = { b: "*", i: "_", e: "`", x: "~" };

export function style(area, key) {
  if (key === ">") return quote(area);
  const mark = MARKS[key];
  const { value, selectionStart: start, selectionEnd: end } = area;
  const chosen = value.slice(start, end);
  if (mark === "`" && chosen.includes("\n")) return fence(area, chosen);
  if (value.slice(start - 1, start) === mark && value.slice(end, end + 1) === mark) {
    insert(area, start - 1, end + 1, chosen);
    return area.setSelectionRange(start - 1, end - 1);
  }
  if (chosen.length > 2 && chosen.startsWith(mark) && chosen.endsWith(mark)) {
    insert(area, start, end, chosen.slice(1, -1));
    return area.setSelectionRange(start, end - 2);
  }
  // Spaces stay outside: a mark beside one is none. Each line has its own.
  const styled = chosen.split("\n").map((line) => line.replace(/^(\s*)(.*?)(\s*)$/s, (all, before, words, after) =>
    words || !chosen ? before + mark + words + mark + after : all)).join("\n");
  insert(area, start, end, styled);
  if (chosen) area.setSelectionRange(start, start + styled.length);
  else area.setSelectionRange(start + 1, start + 1);
}

function fence(area, chosen) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const before = start && value[start - 1] !== "\n" ? "\n" : "";
  const after = value[end] && value[end] !== "\n" ? "\n" : "";
  insert(area, start, end, `${before}\`\`\`\n${chosen.replace(/\n$/, "")}\n\`\`\`${after}`);
}

function quote(area) {
  const { value, selectionEnd } = area;
  const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const quoted = lines.every((line) => line.startsWith("> "));
  const text = lines.map((line) => quoted ? line.slice(2) : `> ${line}`).join("\n");
  insert(area, start, end, text);
  if (lines.length > 1) area.setSelectionRange(start, start + text.length);
}
