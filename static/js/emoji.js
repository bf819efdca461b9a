// What is known of emoji: their names and short names in the reader's language, skin tones, which were used last.

const TONES = ["", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];
const KEPT = 24;
const FIRST = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
let loading;

// {groups: [name], emoji: [{text, group, name, words, codes, tones}]}, fetched once.
export function table() {
  const language = document.documentElement.lang.startsWith("fr") ? "fr" : "en";
  const address = new URL(`../vendor/emojibase-data-17.0.0/${language}.json`, import.meta.url);
  loading ??= fetch(address).then(async (answer) => {
    const { groups, emoji } = await answer.json();
    const rows = emoji.map(([text, group, name, words, codes, tones]) => ({
      text, group, name, words: plain(`${name} ${words}`), codes: codes.split(" "), tones: Boolean(tones),
    }));
    const byCode = new Map(rows.flatMap((row) => row.codes.map((code) => [code, row])));
    return { groups, emoji: rows, byCode, own: await own(byCode) };
  });
  loading.catch(() => { loading = undefined; });
  return loading;
}

// Pictures of this site: [{text, group, name, words, codes, picture}]; without them there are the others.
async function own(taken) {
  const answer = await fetch(new URL("../../../emoji.json", import.meta.url)).catch(() => null);
  const offered = answer?.ok ? await answer.json() : [];
  for (const { name } of offered) taken.delete(name);
  return offered.map(({ name, src, group }) => (
    { text: `:${name}:`, group, name: `:${name}:`, words: plain(name), codes: [name], picture: src }
  ));
}

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

// The best first: a short name that begins so, the shorter the better, then a name, then any word, then anything that contains it.
export function search({ emoji }, query, most = 60) {
  const wanted = plain(query.trim()).replace(/^:|:$/g, "");
  if (!wanted) return [];
  const words = wanted.split(/[\s_]+/);
  const found = [];
  for (const [n, row] of emoji.entries()) {
    const codes = row.codes.map(plain);
    const begun = codes.filter((code) => code.startsWith(wanted)).map((code) => code.length);
    let rank;
    if (begun.length) rank = Math.min(...begun) / 100;
    else if (words.every((word) => row.words.startsWith(word) || row.words.includes(` ${word}`))) rank = 2;
    else if (codes.some((code) => code.includes(wanted))) rank = 3;
    else continue;
    found.push([rank, n, row]);
  }
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, most).map(([, , row]) => row);
}

// ---- kept in this browser

function kept(name, other) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? other;
  } catch {
    return other;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing remembers nothing.
  }
}

export const tones = TONES;
export const tone = () => Number(kept("emoji-tone", 0)) || 0;
export const setTone = (number) => keep("emoji-tone", number);
export const recent = () => kept("emoji-recent", []).filter((text) => typeof text === "string").slice(0, KEPT);
const plainly = () => recent().filter((text) => !text.startsWith(":"));
export const used = (text) => keep("emoji-recent", [text, ...recent().filter((other) => other !== text)].slice(0, KEPT));

// What to offer for a quick reaction: what was used last, then what everybody uses.
export const quick = (most) => [...new Set([...plainly().slice(0, most - 2), ...FIRST])].slice(0, most);

// The emoji in the tone that was chosen.
export function dressed(row, number = tone()) {
  if (!row.tones || !TONES[number]) return row.text;
  const [first, ...rest] = [...row.text];
  return [first, TONES[number], ...(rest[0] === "\ufe0f" ? rest.slice(1) : rest)].join("");
}
