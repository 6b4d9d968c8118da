export default async function teardown() {
  await globalThis.holdfastFleet?.stop();
}
