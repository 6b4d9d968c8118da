import common from '@zxcvbn-ts/language-common';

/** The 49,000 passwords that people choose most (zxcvbn-ts, from leaked lists): lower case, 3 to 20 characters. */
const COMMON: ReadonlySet<string> = new Set(common.dictionary['passwords-common']);

const KEYBOARDS = [
  common.adjacencyGraphs.qwerty,
  common.adjacencyGraphs.qwertz,
  common.adjacencyGraphs.azerty,
];

/** Pairs of characters whose keys lie side by side, and the ends of `1…9` `0`, which people type on from. */
const NEIGHBOURS: ReadonlySet<string> = new Set(['90', '09', '01', '10', ...KEYBOARDS.flatMap(pairsOf)]);

/** Whether it is one of the passwords that people choose most. It is compared as it is: in lower case. */
export function isCommon(text: string): boolean {
  return COMMON.has(text);
}

/** Whether one character follows from the other: repeated, next in the alphabet or in counting, or the next key. */
export function isPredictable(before: string, after: string): boolean {
  const step = Math.abs((after.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0));
  return (
    step === 0 ||
    (step === 1 && isAlphanumeric(before) && isAlphanumeric(after)) ||
    areNeighbours(before, after)
  );
}

function isAlphanumeric(character: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(character);
}

function areNeighbours(one: string, other: string): boolean {
  return NEIGHBOURS.has(one + other);
}

type Graph = Readonly<Record<string, readonly (string | null)[]>>;

/** A graph gives each character the keys around its own, each as the characters on it. */
function pairsOf(graph: object): string[] {
  return Object.entries(graph as Graph).flatMap(([from, keys]) =>
    keys.flatMap((key) => Array.from(key ?? '', (to) => (from + to).toLowerCase())),
  );
}
