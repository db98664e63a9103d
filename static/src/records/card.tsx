/** What one record says, by its kind. Rooms put their card in; a kind without one shows its name. */
import type { ComponentType } from 'preact';
import type { Grid, Matter, RecordKind, RecordRow } from './shapes';

export type CardOf = ComponentType<{ record: RecordRow; matter: Matter | undefined; grid?: Grid | undefined }>;
export type Cards = Record<RecordKind, CardOf>;
