// The public tus client, unmodified: uploads a file, breaks off in the middle, resumes, completes.
// usage: node tus_client.mjs <endpoint> <file> <sha256>
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";

const [endpoint, path, sha256] = process.argv.slice(2);
const content = readFileSync(path);
const BREAK_AFTER = 120_000;

function run(resumeFrom, chunkSize, breakAt) {
  return new Promise((resolve, reject) => {
    const seen = { offsets: [] };
    const upload = new Upload(content, {
      endpoint,
      uploadUrl: resumeFrom,
      chunkSize,
      retryDelays: null,
      metadata: { sha256, filetype: "image/jpeg", filename: "现场.jpg" },
      onChunkComplete: (_size, accepted) => {
        seen.offsets.push(accepted);
        if (breakAt && accepted >= breakAt) upload.abort().then(() => resolve({ url: upload.url, ...seen }));
      },
      onSuccess: () => resolve({ url: upload.url, done: true, ...seen }),
      onError: reject,
    });
    upload.start();
  });
}

const first = await run(undefined, 40_000, BREAK_AFTER);
const second = await run(first.url, 60_000, undefined);
const again = await run(second.url, 60_000, undefined); // a client that did not hear the end
const atOnce = await run(undefined, Infinity, undefined); // the same file in one request
const extra = new Upload(content, { endpoint, retryDelays: null, metadata: { sha256 }, uploadDataDuringCreation: true });
await new Promise((resolve, reject) => Object.assign(extra.options, { onSuccess: resolve, onError: reject }) && extra.start());
const spare = await run(undefined, 40_000, 40_000);
await Upload.terminate(spare.url, { retryDelays: null });
const gone = await fetch(spare.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
console.log(JSON.stringify({ first, second, again, atOnce, withCreation: extra.url, gone: gone.status }));
