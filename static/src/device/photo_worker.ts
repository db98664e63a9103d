/** The worker around shrinkHere: one picture in, its bytes out, or a refusal: then the page tries. Built as a file of its own. */
import { shrinkHere } from './shrink';

const me = self as unknown as { onmessage: (event: MessageEvent<Blob>) => void; postMessage(message: unknown, move?: Transferable[]): void };
me.onmessage = (event) => {
  shrinkHere(event.data).then(
    (bytes) => me.postMessage({ bytes }, [bytes.buffer as ArrayBuffer]),
    (error: unknown) => me.postMessage({ error: String(error) }),
  );
};
