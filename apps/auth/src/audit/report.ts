import type { AuditChainName } from '@holdfast/service-defaults';
import { CHAINS, type Anchor, type Verdict } from './verification.js';

/** What is told of a chain: one or two lines. The end is what to keep as an anchor. */
export function report(name: AuditChainName, verdict: Verdict): string {
  if (verdict.state === 'broken') return `${name}: BROKEN at ${verdict.sequence}: ${verdict.why}\n`;
  const { events, begin, end } = verdict;
  const pruned = begin === 0 ? '' : `, ${begin} before them pruned`;
  const anchor = events === 0 ? '' : `  --anchor ${anchorText({ chain: name, ...end })}\n`;
  return `${name}: whole, ${events} events${pruned}\n${anchor}`;
}

/** An anchor as it is written down: `<chain>:<sequence>:<hash>`. */
export function anchorText({ chain, sequence, hash }: Anchor): string {
  return `${chain}:${sequence}:${hash}`;
}

/** The anchors among arguments: each after `--anchor`. @throws TypeError for anything else */
export function anchorsIn(args: readonly string[]): readonly Anchor[] {
  const pairs = args.flatMap((arg, at) => (at % 2 === 0 ? [[arg, args[at + 1] ?? ''] as const] : []));
  return pairs.map(([option, text]) => {
    const [, name, sequence, hash] = /^(\w+):([1-9]\d{0,14}):([\w-]{43})$/.exec(text) ?? [];
    const chain = CHAINS.find((each) => each === name);
    if (option !== '--anchor' || !chain || !hash) {
      throw new TypeError(`"${option} ${text}" is no anchor: --anchor <chain>:<sequence>:<hash>`);
    }
    return { chain, sequence: Number(sequence), hash };
  });
}
