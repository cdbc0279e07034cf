/** The notes of tour and demo: a dozen short ones and a picture, written for it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Paths that the story mentions, relative to the sample. */
export const SAMPLE = {
  today: 'Today.md',
  reading: 'Reading list.md',
  picture: 'Garden/Beds.bmp',
  tomatoes: 'Garden/Tomatoes.md',
  shopping: 'Shopping.md',
  bread: 'Recipes/Bread.md',
  trains: 'Travel/Trains.md',
} as const;

export const BREAD = `# Bread

500 g flour, 350 g water, 10 g salt, 100 g of yesterday's dough.

Fold three times, rest overnight, bake hot with steam.
`;

const NOTES: Readonly<Record<string, string>> = {
  'Welcome.md': `# Notes

Start with [[Today]]. The garden has a folder of its own: [[Tomatoes]], [[Compost]], and a plan of
the beds in ![[Beds.bmp]].
`,
  [SAMPLE.today]: `# Today

- water the tomatoes
- return the library books
- ask about the night train
`,
  [SAMPLE.reading]: `# Reading list

A history of maps. Something about lichens. The letters, second volume.
`,
  [SAMPLE.shopping]: `# Shopping

- flour
- twine
- lamp oil
`,
  [SAMPLE.tomatoes]: `# Tomatoes

Sown in the first week of March, on the south window. Eight of ten came up.
`,
  'Garden/Compost.md': `# Compost

Turn it when it is warm. Egg shells take longer than one thinks.
`,
  'Garden/Seeds/Beans.md': `# Beans

Two rows along the fence; keep the largest pods for next year.
`,
  [SAMPLE.bread]: BREAD,
  'Recipes/Soup.md': `# Soup

Whatever is left, and a bay leaf. Never two bay leaves.
`,
  [SAMPLE.trains]: `# Trains

The night train leaves at nine. Seats by the window are on the right.
`,
  'Travel/Packing.md': `# Packing

Half of it. Then the other half of that.
`,
  'Ideas/Letter to the council.md': `# Letter to the council

The bench by the river wants a back. Measure it first: about 1.80 m.
`,
};

/** Writes the sample below `folder`, which must exist. */
export async function writeSample(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(NOTES)) await writeNote(folder, path, text);
  await writeNote(folder, SAMPLE.picture, bedsPicture());
}

/** Writes one file, with the folders above it. */
export async function writeNote(
  folder: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}

const WIDTH = 140;
const HEIGHT = 96;
const HEADER_BYTES = 54;

/** Beds and paths as an uncompressed bitmap: 40 kB, too long to travel inside a commit. */
function bedsPicture(): Uint8Array {
  const rowBytes = WIDTH * 3;
  const picture = Buffer.alloc(HEADER_BYTES + rowBytes * HEIGHT);
  picture.write('BM', 0, 'latin1');
  picture.writeUInt32LE(picture.length, 2);
  picture.writeUInt32LE(HEADER_BYTES, 10);
  picture.writeUInt32LE(40, 14);
  picture.writeInt32LE(WIDTH, 18);
  picture.writeInt32LE(HEIGHT, 22);
  picture.writeUInt16LE(1, 26);
  picture.writeUInt16LE(24, 28);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const isPath = x % 35 < 4 || y % 32 < 4;
      // Blue, green, red; the soil is speckled so that the picture does not compress to nothing.
      const speckle = Math.imul(x * 31 + y * 1009 + 1, 0x9e3779b1) >>> 27;
      const colour = isPath ? [170, 190, 200] : [30 + speckle, 90 + speckle, 60 + speckle];
      picture.set(colour, HEADER_BYTES + y * rowBytes + x * 3);
    }
  }
  return picture;
}
