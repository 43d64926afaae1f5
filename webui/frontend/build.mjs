// Bundles styles, scripts, fonts and icons into ../static/dist with hashed names, and writes manifest.json: name → file.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const out = process.argv[2] ?? '../static/dist';
const made = `${out}.new`; // takes the place of what is served when it is whole

async function bundle() {
  const result = await build({
    entryPoints: ['app', 'viewer', 'designer', 'writing'].flatMap((name) => [`src/scripts/${name}.js`, `src/styles/${name}.css`]),
    bundle: true, minify: true, format: 'esm', target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
    outdir: made, entryNames: '[name]-[hash]', assetNames: '[name]-[hash]',
    loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
    metafile: true, legalComments: 'linked', logLevel: 'warning',
  });
  const names = {};
  for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    if (entryPoint) names[basename(entryPoint)] = basename(file);
    else if (file.endsWith('.woff2')) names[basename(file).replace(/-[A-Z0-9]{8}(?=\.woff2$)/, '')] = basename(file);
  }
  return names;
}

// One SVG file of symbols; the stroke comes from the page's CSS, so that an icon has the colour of its words.
async function sprite() {
  const icons = JSON.parse(await readFile('icons.json', 'utf8'));
  const symbols = await Promise.all(Object.entries(icons).map(async ([name, file]) => {
    const svg = await readFile(`node_modules/lucide-static/icons/${file}.svg`, 'utf8');
    const shapes = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>')).replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  }));
  const mark = await readFile('src/mark.svg', 'utf8');
  const text = `<!-- lucide, ISC License --><svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
  return { 'icons.svg': await put('icons', text), 'mark.svg': await put('mark', mark) };
}

async function put(name, text) {
  const file = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.svg`;
  await writeFile(join(made, file), text);
  return file;
}

await rm(made, { recursive: true, force: true });
await mkdir(made, { recursive: true });
const manifest = { ...(await bundle()), ...(await sprite()) };
await writeFile(join(made, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n');
await rm(out, { recursive: true, force: true });
await rename(made, out);
