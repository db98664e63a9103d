/** Bundles bench/client/entry.ts with the flags of the shipped build. usage: node bench/client/build.mjs OUT.js */
import { build } from 'esbuild';

await build({
  entryPoints: ['bench/client/entry.ts'],
  outfile: process.argv[2],
  bundle: true,
  format: 'esm',
  minify: true,
  target: ['chrome114', 'safari16.4', 'firefox115'],
  charset: 'utf8',
  logLevel: 'warning',
});
