/**
 * Builds everything the browser is served, and the engine that the simulator drives.
 *
 * 1. static/dist/           hashed bundles of static/src/boot.ts (code splitting; the first one a classic script, see
 *                           classic_start.mjs) and of static/styles
 * 2. static/dist/sw.js      service_worker/sw.ts with the exact list of files to keep for offline use
 * 3. static/dist/build.json what the templates read, see `describeBuild`
 *    beside each script and sheet its brotli twin (.br), which the server sends to whoever takes it
 * 4. build/client/          store.mjs, sync.mjs and evaluation.mjs for Node, from the very same sources, modules not duplicated
 *
 * usage: node tools/build_client.mjs            once
 *        node tools/build_client.mjs engine     only those for Node
 *        node tools/build_client.mjs --watch    again at each change
 *        GRIDWALK_BUILD=/other/root node …      a planted fault of the tests: sources read from that root
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { minify } from 'terser';
import { makeClassicStart } from './classic_start.mjs';

const here = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(process.env.GRIDWALK_BUILD ?? here);
const dist = join(root, 'static/dist');
const fresh = join(root, `static/.dist.${process.pid}`); // two builds at once must not meet
const url = (file) => `/static/dist/${file}`;
const OLDEST_BROWSERS = ['chrome114', 'safari16.4', 'firefox115'];

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  minify: true,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  charset: 'utf8',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact', useDefineForClassFields: true } },
  nodePaths: [join(here, 'node_modules')],
  define: { 'process.env.NODE_ENV': '"production"' },
};

const LAZY = [
  'static/src/screens/worker/index.ts',
  'static/src/screens/leader/index.ts',
  'static/src/screens/callout/index.ts',
  'static/src/screens/badge/index.ts',
  'static/src/screens/score/index.ts',
  'static/src/evaluation/index.ts',
  'static/src/shell/settings.ts',
  'static/src/update.ts',
  'static/src/sync/engine.ts',
  'static/src/sync/pin.ts',
  'static/src/store/jots.ts',
  'static/src/lock/index.ts',
  'static/src/maps/tiles.ts',
  'static/src/text/en.ts',
];

/**
 * Whatever the first route needs goes into one chunk. esbuild makes a chunk of every set of pieces that share a module,
 * so the start of the app would be six files, and on a slow phone each costs about 15 ms in the service worker alone.
 * A lazy piece that names the start (which is there already when it is loaded) makes all these sets one.
 */
const oneStart = {
  name: 'one-start',
  setup(bundler) {
    const start = join(root, 'static/src/boot.ts');
    bundler.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
      if (!LAZY.includes(relative(root, path))) return undefined;
      const loader = path.endsWith('x') ? 'tsx' : 'ts';
      return { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(start)};\n`, loader, resolveDir: dirname(path) };
    });
  },
};

/** A sheet that a script imports is a text in it, for a piece that is fetched late and dresses itself (static/src/maps/tiles.ts). */
const sheetsAsText = {
  name: 'sheets-as-text',
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: OLDEST_BROWSERS });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** Pieces that only some phones keep: whoever loads one says so (static/src/device/pieces.ts), and the service worker keeps it. */
const PIECES = { english: 'static/src/text/en.ts', record: 'static/src/screens/score/index.ts', leader: 'static/src/screens/leader/index.ts' };

/** Page bundles: hashed names, one graph, so that what two screens share is loaded once. */
async function buildPages(outdir) {
  const pages = {
    ...shared,
    outdir,
    target: OLDEST_BROWSERS,
    sourcemap: process.env.GRIDWALK_SOURCEMAP === '1' ? 'linked' : false,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.png': 'file', '.svg': 'file', '.webp': 'file' },
    publicPath: '/static/dist',
  };
  const app = await build({ ...pages, entryPoints: { boot: 'static/src/boot.ts' }, splitting: true, plugins: [oneStart, sheetsAsText] });
  if (!existsSync(join(root, 'static/src/device/photo_worker.ts'))) return app;
  const worker = await build({ ...pages, entryPoints: { photo_worker: 'static/src/device/photo_worker.ts' } });
  return { ...app, metafile: { ...app.metafile, outputs: { ...app.metafile.outputs, ...worker.metafile.outputs } } };
}

/** Scripts of office pages: apart from the app's graph, so that no phone keeps them. */
async function buildOffice(outdir) {
  const entry = 'static/src/office/grid_editor.ts';
  if (!existsSync(join(root, entry))) return {};
  const made = await build({ ...shared, format: 'iife', outdir, target: OLDEST_BROWSERS, entryNames: '[name]-[hash]', entryPoints: { grid_editor: entry } });
  return { grid_editor: url(relative(outdir, join(root, Object.keys(made.metafile.outputs)[0]))) };
}

/** The phone app's style is one bundle, in the order tokens, base, parts; office and print are loaded by their own pages. */
async function buildStyles(outdir) {
  const folder = join(root, 'static/styles');
  const sheets = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.css')).sort() : [];
  const alone = new Set(['office.css', 'print.css', 'public.css', 'paper.css']); // all but the first beside it
  const first = ['tokens.css', 'base.css', 'parts.css'].filter((name) => sheets.includes(name));
  const rest = sheets.filter((name) => !first.includes(name) && !alone.has(name));
  const bundles = { app: [...first, ...rest] };
  for (const name of sheets.filter((sheet) => alone.has(sheet))) {
    bundles[basename(name, '.css')] = name === 'office.css' ? [...first, name] : [name];
  }
  const written = {};
  for (const [name, files] of Object.entries(bundles)) {
    const result = await build({
      absWorkingDir: root,
      stdin: { contents: files.map((file) => `@import "./${file}";`).join('\n'), resolveDir: folder, loader: 'css' },
      bundle: true,
      minify: true,
      charset: 'utf8',
      write: false,
      target: OLDEST_BROWSERS,
      logLevel: 'warning',
      external: ['/static/*'],
    });
    const text = result.outputFiles[0].text;
    const file = `${name}-${digest(text)}.css`;
    writeFileSync(join(outdir, file), text);
    written[name] = file;
  }
  return written;
}

/** The service worker: one file, because a worker that imports could meet a half-updated cache. */
async function buildServiceWorker(outdir, { precache, pieces, version }) {
  const entry = join(root, 'service_worker/sw.ts');
  if (!existsSync(entry)) return null;
  await build({
    ...shared,
    entryPoints: [entry],
    outfile: join(outdir, 'sw.js'),
    format: 'iife',
    target: OLDEST_BROWSERS,
    define: {
      ...shared.define,
      'self.__WB_MANIFEST': JSON.stringify(precache),
      __PRECACHE__: JSON.stringify(precache),
      __PIECES__: JSON.stringify(pieces),
      __BUILD_VERSION__: JSON.stringify(version),
    },
  });
  return 'sw.js';
}

/** store, sync and evaluation for Node: one graph with splitting, so both see the same module instances; readable for planted faults. */
async function buildEngine(outdir) {
  const entryPoints = {};
  for (const room of ['store', 'sync', 'evaluation']) {
    if (existsSync(join(root, `static/src/${room}/index.ts`))) entryPoints[room] = `static/src/${room}/index.ts`;
  }
  rmSync(outdir, { recursive: true, force: true });
  if (Object.keys(entryPoints).length === 0) return [];
  await build({
    ...shared,
    entryPoints,
    outdir,
    splitting: true,
    minify: false,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'module'],
    target: 'node20',
    sourcemap: 'linked',
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
  });
  return Object.keys(entryPoints);
}

const digest = (content) => createHash('sha256').update(content).digest('hex').slice(0, 8);

/** What a page needs at once, and what must be kept for offline use (everything but the pieces, and the map, which is lazy and kept when first used). */
function sortOutputs(metafile, outdir) {
  const outputs = Object.entries(metafile.outputs)
    .filter(([path]) => path.endsWith('.js'))
    .map(([path, about]) => ({
      file: relative(outdir, join(root, path)),
      about,
      isMap: Object.keys(about.inputs).some((input) => /node_modules\/leaflet\//.test(input)),
    }));
  const byPath = new Map(outputs.map((output) => [output.file, output]));
  const entries = {};
  for (const { file, about } of outputs) if (about.entryPoint) entries[about.entryPoint] = file;
  const bootFile = entries['static/src/boot.ts'];
  const first = new Set();
  const visit = (file) => {
    if (first.has(file)) return;
    first.add(file);
    for (const link of byPath.get(file)?.about.imports ?? []) {
      if (link.kind === 'import-statement' && !link.external) visit(relative(outdir, join(root, link.path)));
    }
  };
  if (bootFile) visit(bootFile);
  return { outputs, entries, bootFile, first: [...first], pieces: sortPieces(byPath, entries, bootFile, outdir) };
}

/** {piece: files that nobody needs who does not load it} */
function sortPieces(byPath, entries, bootFile, outdir) {
  const doors = Object.entries(PIECES).flatMap(([name, entry]) => (entries[entry] ? [[name, entries[entry]]] : []));
  const reached = (file, closed, seen = new Set()) => {
    if (seen.has(file) || closed.has(file)) return seen;
    seen.add(file);
    for (const link of byPath.get(file)?.about.imports ?? []) if (!link.external) reached(relative(outdir, join(root, link.path)), closed, seen);
    return seen;
  };
  const everybodys = bootFile ? reached(bootFile, new Set(doors.map(([, file]) => file))) : new Set();
  return Object.fromEntries(doors.map(([name, file]) => [name, [...reached(file, everybodys)].sort()]));
}

/** The first route as one classic script in place of its entry; what else `sortOutputs` found stays as it is. */
function withClassicStart(sorted, outdir) {
  const { outputs, bootFile, first } = sorted;
  const [chunk, ...more] = first.filter((file) => file !== bootFile);
  if (!chunk || more.length) throw new Error(`the first route must be one piece, found ${first.join(', ')}`);
  const inputs = outputs.filter(({ file }) => first.includes(file)).flatMap(({ about }) => Object.keys(about.inputs));
  const sources = inputs.filter((input) => input.startsWith('static/src/')).map((input) => join(root, input));
  const start = makeClassicStart({ outdir, boot: bootFile, chunk, sources, digest });
  const rest = outputs.filter(({ file }) => file !== bootFile);
  return { ...sorted, bootFile: start, outputs: [...rest, { file: start, isMap: false }] };
}

/**
 * build.json: {version, boot, css, office_css, print_css, public_css, paper_css, photo_worker, grid_editor, sw,
 * precache[{url, revision}], pieces{name: []}, lazy[]}. All values are URLs; `precache` is exact, `pieces` are kept by phones that need them, `lazy` is
 * the map's code, kept when first used.
 */
function describeBuild({ entries, bootFile, outputs, pieces }, styles, outdir) {
  const assets = readdirSync(outdir).filter((file) => /\.(png|svg|webp)$/.test(file));
  const lazy = outputs.filter((output) => output.isMap).map((output) => output.file);
  const apart = new Set([...lazy, ...Object.values(pieces).flat()]);
  const kept = [...outputs.map((output) => output.file).filter((file) => !apart.has(file)), styles.app, ...assets];
  const precache = kept.filter(Boolean).sort().map((file) => ({ url: url(file), revision: null }));
  const version = digest([...precache.map((entry) => entry.url), ...Object.values(pieces).flat()].join('\n'));
  return {
    version,
    boot: url(bootFile),
    css: styles.app ? url(styles.app) : null,
    office_css: styles.office ? url(styles.office) : null,
    print_css: styles.print ? url(styles.print) : null,
    public_css: styles.public ? url(styles.public) : null,
    paper_css: styles.paper ? url(styles.paper) : null,
    photo_worker: entries['static/src/device/photo_worker.ts'] ? url(entries['static/src/device/photo_worker.ts']) : null,
    sw: null,
    precache,
    pieces: Object.fromEntries(Object.entries(pieces).map(([name, files]) => [name, files.map(url)])),
    lazy: lazy.map(url),
  };
}

/** Icons and other files with fixed names get a revision, so that a change is noticed. */
function fixedFiles() {
  const icons = join(root, 'static/icons');
  if (!existsSync(icons)) return [];
  // the large ones are asked for once, online, when the app is put on the home screen
  return readdirSync(icons).filter((file) => /\.svg$|192\.png$/.test(file)).sort()
    .map((file) => ({ url: `/static/icons/${file}`, revision: digest(readFileSync(join(icons, file))) }));
}

async function buildAll() {
  try {
    await buildInto();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function buildInto() {
  const started = performance.now();
  const engine = await buildEngine(join(root, 'build/client'));
  if (process.argv.includes('engine')) return console.log(`engine built: ${engine.join(', ')}`);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const pages = await buildPages(fresh);
  const styles = await buildStyles(fresh);
  const about = describeBuild(withClassicStart(sortOutputs(pages.metafile, fresh), fresh), styles, fresh);
  Object.assign(about, await buildOffice(fresh));
  about.precache.push(...fixedFiles());
  about.version = digest(about.version + JSON.stringify(about.precache) + shellSource());
  const sw = await buildServiceWorker(fresh, about);
  about.sw = sw ? '/sw.js' : null;
  writeFileSync(join(fresh, 'build.json'), JSON.stringify(about, null, 1) + '\n');
  if (!process.argv.includes('--watch') && process.env.GRIDWALK_SOURCEMAP !== '1') await tighten(fresh, about.lazy);
  compress(fresh);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  console.log(`client built in ${Math.round(performance.now() - started)} ms: ${about.precache.length} files kept offline, engine: ${engine.join(', ') || 'none'}`);
}

/** A second, slower hand over what the bundler made small: a fortieth less to fetch and to keep. The map's own code stays as it is. */
async function tighten(outdir, lazy) {
  for (const file of readdirSync(outdir).filter((name) => name.endsWith('.js') && !lazy.includes(url(name)))) {
    const path = join(outdir, file);
    const options = { module: file.startsWith('chunk-'), ecma: 2020, format: { comments: false } };
    writeFileSync(path, (await minify(readFileSync(path, 'utf8'), options)).code);
  }
}

/** Compressed once here, not at each request: a grid worker's signal is thin. */
function compress(outdir) {
  for (const file of readdirSync(outdir).filter((name) => /\.(js|css)$/.test(name))) {
    writeFileSync(join(outdir, `${file}.br`), brotliCompressSync(readFileSync(join(outdir, file))));
  }
}

/** The page shell is kept offline under /app: when its template changes, so must the version. */
function shellSource() {
  const shell = join(root, 'templates/app.html');
  return existsSync(shell) ? digest(readFileSync(shell)) : '';
}

await buildAll().catch((error) => {
  console.error(error.errors ? `✗ client build failed: ${error.errors.length} errors` : error);
  if (!process.argv.includes('--watch')) process.exit(1);
});
if (process.argv.includes('--watch')) {
  let waiting = null;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => buildAll().catch((error) => console.error(String(error))), 100);
  };
  for (const folder of ['static/src', 'static/styles', 'service_worker']) {
    if (existsSync(join(root, folder))) watch(join(root, folder), { recursive: true }, again);
  }
}
