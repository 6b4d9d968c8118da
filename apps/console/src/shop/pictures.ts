/** A line drawing for each product that the platform is seeded with; others get a parcel. */
const DRAWINGS: Readonly<Record<string, string>> = {
  'espresso-cup':
    'M14 24h26v12a10 10 0 0 1-10 10h-6a10 10 0 0 1-10-10zM40 28h4a5 5 0 0 1 0 10h-5M12 51h30M22 12c-3 3 3 5 0 8M31 12c-3 3 3 5 0 8',
  'moka-pot': 'M24 8h14l3 18H21zM21 26h20l4 26H17zM41 14h8l-2 14M29 8V5M24 8l-5 3 2 4M17 52h28',
  'hand-grinder': 'M22 22h20v30H22zM22 32h20M24 22c0-6 3-9 8-9s8 3 8 9M32 13V8M32 8h15M47 8v5M22 46h20',
  'milk-jug':
    'M20 14h22l-2 8 4 26a4 4 0 0 1-4 4H22a4 4 0 0 1-4-4l4-26zM20 14l-5-3M42 22h7a4 4 0 0 1 4 4v8a6 6 0 0 1-6 6h-4',
  'filter-papers': 'M14 16h36L38 48H26zM20 16l8 32M44 16l-8 32M18 12h36l-3 8',
  'gooseneck-kettle':
    'M20 26h24l4 24H16zM24 26c0-6 16-6 16 0M32 21v-3M16 44c-8 0-4-18-11-20M44 28h8a4 4 0 0 1 4 4v8',
  'pocket-scale':
    'M12 22h40a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4V26a4 4 0 0 1 4-4zM16 22v-4h32v4M24 40h16M32 29v5M27 31l2 4M37 31l-2 4',
  'house-blend':
    'M18 14h28l2 38H16zM18 14l3-6h22l3 6M32 26c-7 4-7 14 0 18 7-4 7-14 0-18zM32 28c-3 5 3 9 0 14',
};
const PARCEL = 'M12 20l20-10 20 10v24L32 54 12 44zM12 20l20 10 20-10M32 30v24';

/** The drawing of a product, in a field of 64 by 64. */
export function drawingOf(productId: string): string {
  return DRAWINGS[productId] ?? PARCEL;
}
