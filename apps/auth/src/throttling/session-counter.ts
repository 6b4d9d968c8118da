/**
 * Under what the failures of a device that is signed in are counted: by itself, so that neither strangers who guess
 * at its account nor others at its address lock it out. An e-mail and an address have no space in them.
 */
export function countedBySession(sessionId: string): { readonly account: string; readonly address: string } {
  const device = `session ${sessionId}`;
  return { account: device, address: device };
}
