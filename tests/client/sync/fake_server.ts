/** A small server for the engine's unit tests: push, pull, devices, photos by tus. What the real one does is proven elsewhere. */
import { createHash, webcrypto } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

interface Wire { lane: 'urgent' | 'normal'; seq: number; id: string; name: string; version: number; payload: string; depends_on?: string[]; base_version?: number; made_at?: number; reason?: string }
interface Row { id: string; version: number; [field: string]: unknown }
type Json = Record<string, unknown>;
export interface Request { method: string; path: string; url: URL; headers: Headers; body: Uint8Array; json: Json }
/** Gets every request first; answers a response (or rejects) instead of the server, or nothing. */
export type Fault = (request: Request) => Response | Promise<Response | undefined> | undefined | 'lose_answer';

export const PERSON = '01930000-0000-7000-8000-000000000001';
export const OTHER = '01930000-0000-7000-8000-000000000002';
const NAMES: Record<string, string> = { worker: PERSON, worker2: OTHER };

export const answer = (status: number, body: Json | undefined, headers: Record<string, string> = {}): Response =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
export const problem = (status: number, code: string, more: Json = {}, headers: Record<string, string> = {}): Response =>
  answer(status, { code, status, title: code, ...more }, { 'Content-Type': 'application/problem+json', ...headers });

export class FakeServer {
  epoch = 'e1';
  scope_version = 1;
  signed_in: string | undefined;
  csrf = 'token-1';
  restricted = false;
  wipe = false;
  pin = false;
  track: 'off' | 'on_phone' = 'off';
  password = 'secret';
  tokens = new Map<string, string | undefined>();
  devices = new Map<string, { person: string; expected: { urgent: number; normal: number }; by_seq: Map<string, string> }>();
  outcomes = new Map<string, Json>();
  hashes = new Map<string, string>();
  applied: Wire[] = [];
  received: Wire[] = [];
  lost: Json[] = [];
  waiting: Json[] = [];
  announcements = 0;
  durable: { urgent: number; normal: number } | undefined;
  /** outcome of one mutation, unless it is simply applied */
  judge: (mutation: Wire) => Json | undefined = () => undefined;
  streams: string[] = ['grid:g1', `person:${PERSON}`];
  feeds = new Map<string, { at: number; kind: string; row: Row; gone?: boolean; moved?: string }[]>();
  photos = new Set<string>();
  durable_photos = new Set<string>();
  uploads = new Map<string, { sha: string; length: number; bytes: Uint8Array }>();
  upload_bytes = 0;
  sealing_key: Json = { kid: 's1', x: '', y: '' };
  log: Request[] = [];
  fault: Fault = () => undefined;
  page = 1000;

  constructor(public now: () => number) {}

  fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    let body = init.body ? new Uint8Array(init.body as Uint8Array<ArrayBuffer>) : new Uint8Array();
    const url = new URL(path, 'http://server');
    if (headers.get('Content-Encoding') === 'gzip') {
      if (url.pathname !== '/api/v1/sync/push') return problem(400, 'bad_json'); // no other door inflates
      body = new Uint8Array(gunzipSync(body));
    }
    const json = headers.get('Content-Type') === 'application/json' ? (JSON.parse(new TextDecoder().decode(body)) as Json) : {};
    const request: Request = { method: init.method ?? 'GET', path: url.pathname, url, headers, body, json };
    this.log.push(request);
    const fault = await this.fault(request);
    if (fault && fault !== 'lose_answer') return fault;
    const response = this.route(request);
    if (fault === 'lose_answer') throw new TypeError('connection reset');
    return response;
  };

  calls(method: string, path: string): Request[] {
    return this.log.filter((request) => request.method === method && request.path === path);
  }

  private route(request: Request): Response {
    const token = request.headers.get('Authorization')?.replace('Bearer ', '');
    if (token !== undefined) {
      const cookie = this.signed_in;
      this.signed_in = this.tokens.get(token);
      const answered = this.inside(request);
      this.signed_in = cookie;
      return answered;
    }
    return this.inside(request);
  }
  private inside(request: Request): Response {
    const { method, path } = request;
    if (path === '/api/v1/session' && method === 'POST') return this.signIn(request);
    if (!this.signed_in) return problem(401, 'signed_out');
    if (path === '/api/v1/session' && method === 'GET') return answer(200, this.session());
    if ((request.headers.get('X-Person') ?? this.signed_in) !== this.signed_in) return problem(403, 'wrong_person');
    if (method !== 'GET' && method !== 'HEAD' && request.headers.get('X-CSRF-Token') !== this.csrf) return problem(403, 'csrf');
    if (path === '/api/v1/session') {
      this.signed_in = undefined;
      return answer(204, undefined);
    }
    if (path === '/api/v1/session/token') {
      const token = `t${this.tokens.size}`;
      this.tokens.set(token, this.signed_in);
      return answer(200, { token });
    }
    if (path === '/api/v1/devices') return this.register(request.json);
    if (path === '/api/v1/sync/push') return this.push(request.json);
    if (path === '/api/v1/sync/pull') return this.pull(request.url.searchParams);
    if (path === '/api/v1/photos/missing') return this.missing(request.json['sha256'] as string[]);
    if (path.startsWith('/api/v1/uploads')) return this.tus(request);
    return problem(404, 'not_found');
  }

  private signIn({ json }: Request): Response {
    if (json['password'] !== this.password) return problem(401, 'wrong_credentials');
    this.signed_in = NAMES[json['username'] as string];
    return answer(200, { ...this.session(), phone_secret: 'A'.repeat(43) });
  }
  session(): Json {
    const id = this.signed_in!;
    const username = id === PERSON ? 'worker' : 'worker2';
    return {
      person: { id, name: `王-${username}`, username, county_code: '330424', language: null },
      roles: [{ role: 'full_time_worker', grid_id: 'g1', org_unit_id: 'o1', org_unit_name: '村', from: '2026-01-01' }],
      csrf_token: this.csrf, scope_version: this.scope_version, server_time: this.now(), epoch: this.epoch,
      restricted: this.restricted, policy: { pin: this.pin, track: this.track }, receipt_keys: [], sealing_key: this.sealing_key, demo: true,
    };
  }
  private register(json: Json): Response {
    const id = json['device_id'] as string;
    const there = this.devices.get(id);
    if (there && there.person !== this.signed_in) return problem(409, 'device_of_another_person');
    if (!there) this.devices.set(id, { person: this.signed_in!, expected: { urgent: 1, normal: 1 }, by_seq: new Map() });
    return answer(200, { device_id: id, epoch: this.epoch, expected: this.devices.get(id)!.expected });
  }

  private push(body: Json): Response {
    if (body['person'] !== this.signed_in) return problem(403, 'wrong_person');
    const device = this.devices.get(body['device_id'] as string);
    if (!device) return problem(409, 'unknown_device');
    const mutations = body['mutations'] as Wire[];
    for (const gap of (body['lost'] as { lane: 'urgent' | 'normal'; from: number; to: number }[] | undefined) ?? []) {
      this.lost.push(gap as unknown as Json);
      if (device.expected[gap.lane] >= gap.from) device.expected[gap.lane] = Math.max(device.expected[gap.lane], gap.to + 1);
    }
    const expected = { ...device.expected };
    for (const mutation of mutations) {
      const known = this.outcomes.has(mutation.id);
      if (mutation.seq < expected[mutation.lane] && !known) return problem(409, 'device_cloned');
      if (mutation.seq > expected[mutation.lane]) return problem(409, 'gap', { expected });
      if (mutation.seq === expected[mutation.lane]) expected[mutation.lane] += 1;
    }
    device.expected = expected;
    if (body['waiting']) {
      this.waiting = body['waiting'] as Json[];
      this.announcements += 1;
    }
    const results = mutations.map((mutation) => this.take(mutation));
    return answer(200, { epoch: this.epoch, server_time: this.now(), expected, durable_through: this.durable ?? { urgent: expected.urgent - 1, normal: expected.normal - 1 }, results });
  }
  private take(mutation: Wire): Json {
    const { lane, seq, id } = mutation;
    this.received.push(mutation);
    const hash = hashOf(mutation);
    if (this.outcomes.has(id)) {
      if (this.hashes.get(id) !== hash) return { lane, seq, id, outcome: 'refused', problem: { code: 'id_reuse', status: 409 } };
      return { ...this.outcomes.get(id), lane, seq, id };
    }
    const judged = this.judge(mutation);
    const receipt = { kid: 'k1', at: this.now(), hash, sig: 'x' };
    const outcome: Json = judged ? { receipt, ...judged } : { outcome: 'applied', version: 1, receipt };
    this.outcomes.set(id, outcome);
    this.hashes.set(id, hash);
    if (outcome['outcome'] === 'applied' && mutation.name !== 'void') {
      this.applied.push(mutation);
      const row = JSON.parse(mutation.payload) as Row;
      if (row.id) this.put('grid:g1', 'record', { ...row, version: 1 });
    }
    return { ...outcome, lane, seq, id };
  }

  put(stream: string, kind: string, row: Row): void {
    this.entry(stream, kind, row);
  }
  gone(stream: string, kind: string, id: string): void {
    this.entry(stream, kind, { id, version: 0 }, { gone: true });
  }
  move(from: string, to: string, kind: string, row: Row): void {
    this.entry(from, kind, { id: row.id, version: 0 }, { moved: to });
    this.entry(to, kind, row);
  }
  private entry(stream: string, kind: string, row: Row, more: object = {}): void {
    const feed = (this.feeds.get(stream) ?? []).filter((entry) => entry.row.id !== row.id || entry.kind !== kind);
    const at = (this.feeds.get(stream)?.at(-1)?.at ?? 0) + 1;
    this.feeds.set(stream, [...feed, { at, kind, row, ...more }]);
  }
  private pull(query: URLSearchParams): Response {
    if (this.wipe) return answer(200, { epoch: this.epoch, wipe: true });
    const cursor = query.get('cursor') ? (JSON.parse(query.get('cursor')!) as { epoch: string; read: Record<string, number> }) : undefined;
    if (cursor && cursor.epoch !== this.epoch) return problem(410, 'cursor_expired');
    const read: Record<string, number> = { ...cursor?.read };
    const revoke = Object.keys(read).filter((stream) => !this.streams.includes(stream));
    const grant = this.streams.filter((stream) => read[stream] === undefined);
    for (const stream of revoke) delete read[stream];
    const streams: Json[] = [];
    let left = this.page;
    let more = false;
    for (const stream of this.streams) {
      const from = read[stream] ?? 0;
      const entries = (this.feeds.get(stream) ?? []).filter((entry) => entry.at > from);
      const taken = entries.slice(0, left);
      if (taken.length < entries.length) more = true;
      left -= taken.length;
      const to = taken.length < entries.length ? (taken.at(-1)?.at ?? from) : Math.max(from, this.feeds.get(stream)?.at(-1)?.at ?? 0);
      read[stream] = to;
      if (!taken.length) continue;
      const put: Record<string, Row[]> = {};
      const gone: Record<string, Json[]> = {};
      const moved: Json[] = [];
      for (const entry of taken) {
        if (entry.gone) (gone[entry.kind] ??= []).push({ id: entry.row.id });
        else if (entry.moved) moved.push({ kind: entry.kind, id: entry.row.id, to: entry.moved });
        else (put[entry.kind] ??= []).push(entry.row);
      }
      streams.push({ stream, from, to, put, gone, moved });
    }
    if (cursor && !streams.length && !revoke.length && !grant.length) return answer(204, undefined);
    return answer(200, { epoch: this.epoch, server_time: this.now(), scope_version: this.scope_version, grant, revoke, streams, cursor: JSON.stringify({ epoch: this.epoch, read }), more });
  }

  private missing(asked: string[]): Response {
    const has = (sha: string) => this.photos.has(sha);
    return answer(200, { missing: asked.filter((sha) => !has(sha)), held: asked.filter(has), durable: asked.filter((sha) => this.durable_photos.has(sha)) });
  }
  private tus({ method, path, headers, body }: Request): Response {
    if (method === 'POST') {
      const meta = Object.fromEntries(headers.get('Upload-Metadata')!.split(',').map((part) => part.split(' ') as [string, string]));
      const id = webcrypto.randomUUID();
      this.uploads.set(id, { sha: atob(meta['sha256']!), length: Number(headers.get('Upload-Length')), bytes: new Uint8Array() });
      return answer(201, undefined, { Location: `http://server/api/v1/uploads/${id}` });
    }
    const upload = this.uploads.get(path.split('/').at(-1)!);
    if (!upload) return new Response(null, { status: 404 });
    if (method === 'HEAD') return new Response(null, { status: 200, headers: { 'Upload-Offset': String(upload.bytes.length), 'Upload-Length': String(upload.length) } });
    if (Number(headers.get('Upload-Offset')) !== upload.bytes.length) return problem(409, 'upload_offset');
    return this.store(upload, body);
  }
  /** Also used by a test's cut: the bytes that came before it count. */
  store(upload: { sha: string; length: number; bytes: Uint8Array }, body: Uint8Array): Response {
    upload.bytes = new Uint8Array([...upload.bytes, ...body]);
    this.upload_bytes += body.length;
    if (upload.bytes.length === upload.length) {
      if (createHash('sha256').update(upload.bytes).digest('hex') !== upload.sha) return problem(460, 'hash_mismatch');
      this.photos.add(upload.sha);
    }
    return new Response(null, { status: 204, headers: { 'Upload-Offset': String(upload.bytes.length) } });
  }
}

function hashOf({ id, name, version, payload }: Wire): string {
  return createHash('sha256').update(`${id}\n${name}\n${version}\n${payload}`).digest('hex');
}
