/** Rows as the feed gives them (docs/wire.md §5), for the screens. Read-only here: changes travel as mutations. */
import type { Id, Photo, Row, ShownRow } from '../store/api';
import type { Away } from './away';

export type Duty = 'information' | 'hazards' | 'mediations' | 'visits' | 'emergencies' | 'publicity';
export type PhotoGap = 'dark' | 'unsafe' | 'refused' | 'gone';
export type RecordKind = 'patrol' | 'hazard' | 'visit' | 'emergency' | 'publicity' | 'information' | 'mediation';
export type ReviewStatus = 'none' | 'waiting' | 'approved' | 'returned' | 'disputed' | 'lapsed';
export interface LngLat { lng: number; lat: number }

export interface Matter extends Row {
  code: string; name_zh: string; name_en?: string; duty: Duty; data_class: 'N' | 'P' | 'S';
  photo_policy: 'forbidden' | 'optional' | 'needed'; photo_reason?: string; photo_document?: string;
  deadline?: number; deadline_unit?: string; relook_days?: number; fix_days?: number; review?: { mode: 'none' | 'sample' | 'all'; percent?: number };
  low_risk?: boolean; from: string; to?: string; advice?: { code: string; zh: string; en: string }[];
}
export interface Grid extends Row { code: string; name: string; kind: string; outline: [number, number][][]; village_name: string; town_name: string }
export interface MicroGrid extends Row { grid_id: Id; code: string; name: string; outline: [number, number][][] }
export interface Staff extends Row { grid_id: Id; person_id: Id; name: string; roles: string[]; phone?: string; micro_grid_id?: Id; away?: Away[] }
export interface Place extends Row {
  grid_id: Id; micro_grid_id?: Id; kind: 'shop' | 'site' | 'facility' | 'check_point'; name: string; address: string;
  lng: number; lat: number; radius_m: number; matters: string[]; in_plan: boolean;
}
export interface Household extends ShownRow { micro_grid_id: Id; grid_id: Id; door: string; contact_name: string; contact_phone: string; initials: string; closed?: boolean }
export interface VisitPlan extends Row {
  household_id?: Id; place_id?: Id; matter_code: string; every_days?: number; due: string; due_was?: string; last_visit?: string; door: string; for_role?: string;
}
export interface Team extends Row { name: string; purpose: string; members: { person_id: Id; name: string; from: string; to?: string }[]; reviewer_id: Id }

export interface Review { status: ReviewStatus; due?: string; reason?: string; words?: string; by_name?: string; by_id?: Id; at?: number; hints: string[] }
export interface HistoryStep { at: number; by_name: string; step: string; reason?: string; words?: string }
export interface HeldPhoto extends Photo { held?: boolean }

/** One envelope for all duties; `body` differs by kind. */
export interface RecordRow extends ShownRow {
  kind: RecordKind; grid_id: Id; micro_grid_id?: Id; team_id?: Id; matter_code?: string; author_id: Id; author_name: string;
  entered_by_other?: boolean; entered_by_id?: Id; confirmation?: 'waiting' | 'confirmed' | 'denied'; acted_at: number; acted_at_held?: boolean; received_at?: number; patrol_id?: Id; day: string;
  state: 'open' | 'closed'; photo_gap?: PhotoGap; obstructed?: boolean; photos: HeldPhoto[]; review: Review;
  body: Record<string, unknown>; history: HistoryStep[];
}

export interface CheckDone { place_id: Id; place_name: string; result: 'normal' | 'hazard' | 'not_reached'; at: number; matters: string[]; fix?: { accuracy_m?: number; inside: 'inside' | 'outside' | 'unknown' } }
export interface PatrolBody { checks: CheckDone[]; planned: number; looked_at: number; note?: string }
export interface PlaceOfHazard { lng?: number; lat?: number; accuracy_m?: number; source: 'fix' | 'map' | 'place' | 'none' }
export interface Relook { id: Id; at: number; by_name: string; outcome: 'fixed' | 'not_fixed' | 'worse'; note: string; photos: string[]; photo_gap?: PhotoGap; next_on?: string; by_id?: Id }
export interface HazardBody {
  severity: 'general' | 'major'; advice: string[]; advised_fix_by?: string; fixed_on_spot: boolean; relook_on?: string;
  note: string; place: PlaceOfHazard; place_id?: Id; place_words?: string; relooks?: Relook[]; same_as?: Id;
}
export interface VisitBody {
  household_id?: Id; place_id?: Id; plan_id?: Id; door?: string; mode: 'door' | 'phone' | 'street' | 'office'; all_well: boolean;
  ticks: string[]; needs: string[]; note: string; next_on?: string;
}
export interface Call { number: '119' | '110' | '120' | 'gas'; at: number }
export interface EmergencyBody { calls: Call[]; gas_smell: boolean; note: string; place: PlaceOfHazard; place_id?: Id; place_words?: string }
export interface InformationBody { household_id?: Id; finding?: string; business_name?: string; place_words?: string; wants_answer?: boolean; note: string }
export interface PublicityBody { people: number; households: number; note: string }
export type Unsuited = 'special' | 'court' | 'administrative' | 'refused' | 'violence';
export type Outcome = 'oral' | 'written' | 'referred' | 'none' | 'told';
export interface Party { id: Id; name: string; phone?: string; part: 'applicant' | 'other' }
export interface MediationStep { id: Id; at: number; by_name: string; words: string; outcome?: Outcome; kept?: boolean }
export interface MediationBody { unsuited?: Unsuited[]; parties: Party[]; note: string; outcome?: Outcome; revisit_on?: string; steps?: MediationStep[] }
export const bodyOf = <B,>(record: { body: unknown }): B => record.body as B;
