/** Ends what the setup started and deletes its data. */
export default async function teardown() {
  await Promise.all((globalThis.holdfastTestServers ?? []).map((server) => server.stop()));
}
