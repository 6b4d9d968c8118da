import { checkedPolicyName, DEFAULT_POLICY, type PolicyName } from './policy-names.js';

/** Which policy balances which service. */
export interface PolicySetting {
  readonly byDefault: PolicyName;
  /** Services with a policy of their own, by name. */
  readonly byService: ReadonlyMap<string, PolicyName>;
}

const SERVICE = /^[a-z][\w-]*$/i;

/**
 * Reads `p2c-ewma`, or with policies for single services `p2c-ewma,order=rendezvous`. Who is not named gets the one
 * without a service, `DEFAULT_POLICY` if there is none. Throws a `TypeError` that says what is wrong and what is allowed.
 */
export function parsePolicySetting(text: string): PolicySetting {
  let byDefault: PolicyName | undefined;
  const byService = new Map<string, PolicyName>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [left = '', ...right] = entry.split('=');
    const name = checkedPolicyName(right.length === 0 ? left : right.join('='));
    if (right.length === 0) {
      if (byDefault !== undefined) throw new TypeError(`"${text}" has two policies for everybody`);
      byDefault = name;
    } else {
      if (!SERVICE.test(left)) throw new TypeError(`"${left}" is no name of a service, in "${entry}"`);
      if (byService.has(left)) throw new TypeError(`"${text}" has two policies for ${left}`);
      byService.set(left, name);
    }
  }
  return { byDefault: byDefault ?? DEFAULT_POLICY, byService };
}
