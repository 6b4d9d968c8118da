import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Membership } from './membership.js';
import { startTestService, type TestService } from './spec/test-service.js';

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
}

function get(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent }, (response: IncomingMessage) => {
      response
        .resume()
        .on('error', reject)
        .on('end', () => {
          resolve({ status: response.statusCode ?? 0, connection: response.headers.connection });
        });
    });
    outgoing.on('error', reject).end();
  });
}

/** Clients on kept-alive connections that stop once readiness is off, as a balancer does. */
async function load(service: TestService, agent: Agent, isOver: () => boolean): Promise<Answer[]> {
  const answers: Answer[] = [];
  const client = async (path: string) => {
    while (!isOver()) answers.push(await get(`${service.url}${path}`, agent));
  };
  const paths = ['/items', '/slow?ms=20', '/rows', '/items?limit=3', '/slow?ms=150', '/livez'];
  await Promise.all([...paths, ...paths].map(client));
  return answers;
}

/** Resolves when `/readyz` says so, asked as often as an active check does. */
async function notReady(service: TestService): Promise<void> {
  while ((await fetch(`${service.url}/readyz`)).status === 200) await sleep(50);
}

describe('drain', () => {
  it('G4: loses no request of clients that heed readiness, under load on kept-alive connections', async () => {
    for (let round = 0; round < 3; round += 1) {
      const service = await startTestService();
      const agent = new Agent({ keepAlive: true, maxSockets: 12 });
      let over = false;
      const answers = load(service, agent, () => over);
      await sleep(200);
      const heeded = notReady(service).then(() => (over = true));
      await Promise.all([service.drain(), heeded]);
      const statuses = new Set((await answers).map(({ status }) => status));
      expect([...statuses]).toEqual([200]);
      agent.destroy();
    }
  });

  it('answers what takes long, tells the client to go, and then takes no connection', async () => {
    const service = await startTestService();
    const agent = new Agent({ keepAlive: true });
    const slow = get(`${service.url}/held`, agent);
    while (service.held() === 0) await sleep(1);
    const drained = service.drain();
    // At first all is answered as before: the registry's readers have to hear of it.
    for (let told = false; !told;) {
      const { status, connection } = await get(`${service.url}/items`, agent);
      expect(status).toBe(200);
      told = connection === 'close';
    }
    service.release();
    expect(await slow).toEqual({ status: 200, connection: 'close' });
    await drained;
    await expect(get(`${service.url}/items`, agent)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('says that it drains before it stops anything', async () => {
    const service = await startTestService();
    const slow = fetch(`${service.url}/held`);
    while (service.held() === 0) await sleep(1);
    const drained = service.drain();
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    expect((await fetch(`${service.url}/items`)).status).toBe(200);
    service.release();
    expect((await slow).status).toBe(200);
    await drained;
  });

  it('cuts what goes on past the deadline, such as an event stream', async () => {
    const service = await startTestService({ DRAIN_DEADLINE_MS: '700' });
    const stream = await fetch(`${service.url}/ticks`);
    const rest = stream.text().then(
      () => 'ended',
      () => 'cut',
    );
    // The stream has no end of its own: a drain that waited for it would never come back.
    await service.drain();
    expect(await rest).toBe('cut');
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
  });

  it('happens once, however often it is asked for', async () => {
    const service = await startTestService();
    expect(service.drain()).toBe(service.drain());
    await service.drain();
  });

  it('can be asked for and undone while the process lives, and not once it is about to end', async () => {
    const service = await startTestService();
    const membership = service.app.get(Membership, { strict: false });
    const ready = async () => (await fetch(`${service.url}/readyz`)).status;
    await membership.pause();
    expect([await ready(), (await fetch(`${service.url}/livez`)).status]).toEqual([503, 200]);
    expect(await membership.resume()).toBe(true);
    expect(await ready()).toBe(200);
    expect((await fetch(`${service.url}/internal/membership/drain`, { method: 'POST' })).status).toBe(401);
    const drained = service.drain();
    expect(await membership.resume()).toBe(false);
    await drained;
  });
});
