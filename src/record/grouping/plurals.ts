/** Makes singulars of the English plurals after numbers, so that `1 file was` and `3 files were` have one key. */

/** A word after a number that may be a plural, and a verb after it. */
const COUNTED = /<number> ([a-z]{3,32})(?: (are|were|have))?(?![\w=-])/g;
/** Verbs with an s, words that end like a plural, and those whose singular is a value. */
const NO_PLURALS = new Set(
  `always belongs contains does ends exceeds exists expects fails gets goes has means needs remains requires returns runs says seems
  sets starts stops takes this thus uses was yes nulls trues falses undefineds alias atlas bias canvas chaos gas kudos lens news
  series species`.split(/\s+/),
);
/** Plurals that their endings do not tell, each with its singular. */
const IRREGULAR = new Map(
  `children:child people:person men:man women:woman indices:index vertices:vertex matrices:matrix appendices:appendix criteria:criterion
  schemata:schema caches:cache niches:niche headaches:headache cookies:cookie movies:movie calories:calorie ties:tie pies:pie zombies:zombie
  leaves:leaf halves:half shelves:shelf knives:knife wives:wife wolves:wolf thieves:thief loaves:loaf
  statuses:status buses:bus viruses:virus bonuses:bonus campuses:campus aliases:alias canvases:canvas atlases:atlas biases:bias gases:gas
  lenses:lens quizzes:quiz analyses:analysis echoes:echo heroes:hero vetoes:veto
  apis:api uris:uri emojis:emoji taxis:taxi cpus:cpu gpus:gpu skus:sku menus:menu`
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
);
const SINGULAR_VERBS: Readonly<Record<string, string>> = { are: 'is', were: 'was', have: 'has' };
/** Without its s it would be taken for a number. */
const HEX_PLURAL = /^[a-f]{7,}s$/;

/** A key whose counted words are singulars. */
export function toSingulars(key: string): string {
  return key.replace(COUNTED, nameSingular);
}

/** Whether a word from `start` to `end` may be a plural. */
export function mayBePlural(key: string, start: number, end: number): boolean {
  const last = key.charCodeAt(end - 1);
  return last === 115 || ((last === 110 || last === 101 || last === 97) && IRREGULAR.has(key.slice(start, end)));
}

function nameSingular(all: string, word: string, verb: string | undefined): string {
  const singular = toSingular(word);
  if (singular === word && !IRREGULAR.has(word)) return all;
  return `<number> ${singular}${verb === undefined ? '' : ` ${SINGULAR_VERBS[verb]}`}`;
}

function toSingular(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (!word.endsWith('s') || NO_PLURALS.has(word) || HEX_PLURAL.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss)es$/.test(word)) return word.slice(0, -2);
  return /[suij]s$/.test(word) ? word : word.slice(0, -1);
}
