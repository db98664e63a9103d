/**
 * Makes a camera picture small enough to travel: at most 1600 px on the long side and 300 KB, JPEG.
 * `shrinkHere` is the work itself and runs in a worker or, where there is none, on the page.
 */
export const MAX_SIDE = 1600;
export const MAX_BYTES = 300 * 1024;
const QUALITIES = [0.82, 0.7, 0.58, 0.46];

export class CannotDecode extends Error {}

export function fitInside(width: number, height: number, side: number = MAX_SIDE): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Decodes (upright by EXIF), scales and encodes until it fits. Refuses with CannotDecode, e.g. HEIC on Android. */
export async function shrinkHere(file: Blob): Promise<Uint8Array> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => asImage(file));
  try {
    for (let side = MAX_SIDE; side > 400; side = Math.round(side * 0.75)) {
      const size = fitInside(picture.width, picture.height, side);
      const canvas = drawn(picture, size.width, size.height);
      for (const quality of QUALITIES) {
        const jpeg = await encode(canvas, quality);
        if (jpeg.size <= MAX_BYTES) return new Uint8Array(await jpeg.arrayBuffer());
      }
    }
    throw new CannotDecode('too detailed');
  } finally { if ('close' in picture) picture.close(); }
}

/** What some browsers open as an image only, such as HEIC; there is none in a worker. */
async function asImage(file: Blob): Promise<HTMLImageElement> {
  if (typeof Image === 'undefined') throw new CannotDecode(file.type);
  const url = URL.createObjectURL(file);
  const image = Object.assign(new Image(), { src: url });
  try {
    await image.decode();
    return image;
  } catch { throw new CannotDecode(file.type); } finally { URL.revokeObjectURL(url); }
}

type AnyCanvas = OffscreenCanvas | HTMLCanvasElement;

function drawn(picture: CanvasImageSource, width: number, height: number): AnyCanvas {
  const canvas: AnyCanvas = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(width, height) : Object.assign(document.createElement('canvas'), { width, height });
  const brush = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D | null;
  if (!brush) throw new CannotDecode('no canvas');
  brush.imageSmoothingQuality = 'high';
  brush.drawImage(picture, 0, 0, width, height);
  return canvas;
}

function encode(canvas: AnyCanvas, quality: number): Promise<Blob> {
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: 'image/jpeg', quality });
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new CannotDecode('encode'))), 'image/jpeg', quality));
}
