/**
 * Reads two facts from a JPEG's EXIF before the picture is shrunk (a canvas drops them): when it was taken and where.
 * A missing or broken EXIF is no error and never a flag.
 */
export interface ExifFacts { taken_at?: number; lng?: number; lat?: number }

const DATE_ORIGINAL = 0x9003, DATE = 0x0132, EXIF_PART = 0x8769, GPS_PART = 0x8825;
type Tags = Map<number, { type: number; count: number; at: number }>;

export function readExif(buffer: ArrayBuffer): ExifFacts {
  try {
    const start = findTiff(new DataView(buffer));
    return start === undefined ? {} : factsAt(new DataView(buffer, start));
  } catch { return {}; } // cut or invented bytes: as good as none
}

function findTiff(view: DataView): number | undefined {
  if (view.byteLength < 12 || view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint16(at), size = view.getUint16(at + 2);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if (marker === 0xffda || size < 2) return undefined;
    at += 2 + size;
  }
  return undefined;
}

function factsAt(view: DataView): ExifFacts {
  const little = view.getUint16(0) === 0x4949;
  const u16 = (at: number) => view.getUint16(at, little), u32 = (at: number) => view.getUint32(at, little);
  const tagsAt = (start: number): Tags => {
    const tags: Tags = new Map();
    for (let i = 0; i < Math.min(u16(start), 200); i++) {
      const at = start + 2 + i * 12;
      tags.set(u16(at), { type: u16(at + 2), count: u32(at + 4), at: at + 8 });
    }
    return tags;
  };
  const text = (tag?: { count: number; at: number }) => {
    if (!tag) return '';
    const from = tag.count > 4 ? u32(tag.at) : tag.at;
    let out = '';
    for (let i = 0; i < Math.min(tag.count, 40); i++) { const c = view.getUint8(from + i); if (!c) break; out += String.fromCharCode(c); }
    return out;
  };
  const degrees = (tag?: { at: number }) => {
    if (!tag) return NaN;
    const from = u32(tag.at);
    const part = (i: number) => u32(from + i * 8) / (u32(from + i * 8 + 4) || 1);
    return part(0) + part(1) / 60 + part(2) / 3600;
  };
  const root = tagsAt(u32(4));
  const exif = root.has(EXIF_PART) ? tagsAt(u32(root.get(EXIF_PART)!.at)) : new Map() as Tags;
  const gps = root.has(GPS_PART) ? tagsAt(u32(root.get(GPS_PART)!.at)) : undefined;
  const facts: ExifFacts = {};
  const taken = momentOf(text(exif.get(DATE_ORIGINAL)) || text(root.get(DATE)));
  if (taken !== undefined) facts.taken_at = taken;
  if (gps) {
    const lat = degrees(gps.get(2)) * (text(gps.get(1)) === 'S' ? -1 : 1), lng = degrees(gps.get(4)) * (text(gps.get(3)) === 'W' ? -1 : 1);
    if (Number.isFinite(lat) && Number.isFinite(lng) && (lat || lng) && Math.abs(lat) <= 90 && Math.abs(lng) <= 180) { facts.lat = lat; facts.lng = lng; }
  }
  return facts;
}

/** EXIF has no zone; phones here write Asia/Shanghai. */
function momentOf(text: string): number | undefined {
  const m = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(text);
  if (!m) return undefined;
  const at = Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}+08:00`);
  return Number.isFinite(at) ? at : undefined;
}
