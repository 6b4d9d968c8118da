/** Longer texts are cut: drivers quote what they were given. */
const LONGEST_TEXT = 2_000;

/** What must not stand in a text, and what stands there instead. Lengths are bounded, so that no text is slow to search. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // JSON.parse quotes what it could not parse.
  [/"[^]*" is not valid JSON/g, '"…" is not valid JSON'],
  // A JOSE header begins with `{"`, in base64url `eyJ`.
  [/\beyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g, '[secret]'],
  // Refresh tokens and cookies are longer than anything that only names something.
  [/[\w-]{80,}/g, '[secret]'],
  [/\b(bearer|basic) +[\w.~+/-]{8,}=*/gi, '$1 [secret]'],
  [/\b(__Host-session) *= *[^\s;,]+/g, '$1=[secret]'],
  [/\b(\w{2,20}:\/\/)[^\s/@]{1,256}@/g, '$1[secret]@'],
  [/[^\s@<>()[\]"',:;=]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '[e-mail]'],
];

/**
 * A text without what looks like a token, a cookie, the credentials of a URL or an e-mail address, 2,000 characters at
 * most. Our own messages have none of these; those of drivers and parsers may.
 */
export function scrub(text: string): string {
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), cut);
}
