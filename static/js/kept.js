// The little that this browser keeps to be read without a line: of one login, bounded, and words only. install.js writes it,
// offline.js shows it; both erase it as soon as it may not be here.

const SITE = new URL("../../..", import.meta.url).pathname;
const NAME = `webchat ${SITE}`;
const ALL = "all";
export const LASTS = 14 * 86_400_000;

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(ALL));
    asked.addEventListener("success", () => resolve(asked.result));
    for (const name of ["error", "blocked"]) asked.addEventListener(name, () => reject(asked.error));
  });
}

// What is kept goes through `change`, and what that returns is kept instead; undefined leaves it as it is.
export async function kept(change = () => undefined) {
  const db = await opened();
  // Who erases it from another tab waits for nobody.
  db.addEventListener("versionchange", () => db.close());
  try {
    return await new Promise((resolve, reject) => {
      const work = db.transaction(ALL, "readwrite");
      const store = work.objectStore(ALL);
      const asked = store.get(ALL);
      let found;
      asked.addEventListener("success", () => {
        found = asked.result;
        const next = change(found);
        if (next !== undefined) store.put(found = next, ALL);
      });
      work.addEventListener("complete", () => resolve(found));
      for (const name of ["error", "abort"]) work.addEventListener(name, () => reject(work.error));
    });
  } finally {
    db.close();
  }
}

export function erase() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    for (const name of ["success", "error", "blocked"]) asked.addEventListener(name, resolve);
  });
}
