const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/HeadlessChrome\//, 'Chrome (headless)'],
  [/Chrome\//, 'Chrome'],
  [/Version\/.*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^(node|undici)/i, 'A Node.js program'],
] as const;

const SYSTEMS = [
  [/iPhone/, 'iPhone', 'phone'],
  [/iPad/, 'iPad', 'phone'],
  [/Android/, 'Android', 'phone'],
  [/Windows/, 'Windows', 'computer'],
  [/Mac OS X|Macintosh/, 'macOS', 'computer'],
  [/CrOS/, 'ChromeOS', 'computer'],
  [/Linux/, 'Linux', 'computer'],
] as const;

/** What a user agent says of a device, in words. */
export interface DeviceName {
  readonly name: string;
  readonly kind: 'phone' | 'computer' | 'program';
}

/** "Firefox on Linux". What is not known is shown as it came, cut. */
export function deviceName(userAgent: string): DeviceName {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent));
  if (browser !== undefined && system) return { name: `${browser} on ${system[1]}`, kind: system[2] };
  if (system) return { name: system[1], kind: system[2] };
  const name = browser ?? (userAgent.trim() === '' ? 'Unknown device' : userAgent.slice(0, 40));
  return { name, kind: 'program' };
}

/** "this machine" for a loopback address, else the address itself. */
export function placeName(ip: string): string {
  if (ip === '') return 'unknown place';
  return /^(127\.|::1$|::ffff:127\.)/.test(ip) ? `${ip} (this machine)` : ip;
}
