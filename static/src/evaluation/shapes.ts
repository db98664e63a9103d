/** The shapes of docs/evaluation_facts.md and server/evaluation/rule_set.schema.json, as far as computing needs them. */
type Numbers = Readonly<Record<string, string>>;

export interface Row {
  kind: string;
  id: string;
  on: string;
  outcome: 'met' | 'pending' | 'unmet' | 'neutral';
  why?: string;
  category?: string;
  level?: string;
  took?: Numbers;
  allowed?: string;
  allowed_unit?: string;
  check?: 'ok' | 'bad';
  value?: string;
  rater?: string;
  reason?: string;
  drawn?: true;
  finding?: string;
  approver?: string;
  evidence?: string;
  subject?: string;
}

export interface PastGrade {
  start: string;
  end: string;
  grade: string;
}

export interface Facts {
  format: string;
  person: { id: string; role: string; area_kind?: string };
  period: { type: string; start: string; end: string };
  days: { due: string; present: string };
  facts: Readonly<Record<string, readonly Row[]>>;
  history: readonly PastGrade[];
  disputed: readonly string[];
}

export interface Indicator {
  code: string;
  type: string;
  title_zh: string;
  title_en: string;
  clause: string;
  group?: string;
  fact?: string;
  categories?: readonly string[];
  levels?: readonly string[];
  max?: string;
  limit?: string;
  min_den?: string;
  min_n?: string;
  neutral?: string;
  each?: string;
  weights?: Numbers;
  weigh_by?: 'category' | 'level';
  counts?: string;
  within?: string;
  within_unit?: string;
  grace?: Numbers;
  none?: 'zero' | 'drop';
  tiers?: Numbers;
  inclusive?: 'at' | 'above';
  of?: 'share' | 'number';
  target?: string;
  below?: 'zero' | 'pro_rata';
  scale?: string;
  scale_from?: string;
  raters?: Numbers;
  required?: readonly string[];
  needs_finding?: boolean;
  best_of_subject?: boolean;
  grade?: string;
  side?: 'at_most' | 'at_least';
  periods?: string;
}

export interface RuleSet {
  role: string;
  period: string;
  places: string;
  start?: string;
  min?: string;
  max?: string;
  min_days?: string;
  groups: readonly { code: string; max?: string; min?: string }[];
  grades: readonly { code: string; from?: string }[];
  coefficients?: readonly { by: 'area_kind' | 'month'; values: Numbers; applies_to: readonly string[] }[];
  indicators: readonly Indicator[];
}

export interface Source {
  kind: string;
  id: string;
  as: string;
}

export interface Line {
  indicator: string;
  group: string;
  type: string;
  title_zh: string;
  title_en: string;
  clause: string;
  state: 'scored' | 'neutral' | 'too_few' | 'no_opportunity';
  own_max: string;
  max: string;
  numbers: Record<string, string>;
  formula: string;
  exact: string;
  points: string;
  sources: Source[];
  disputed: boolean;
}

export interface Proposal {
  kind: 'veto' | 'streak';
  indicator: string;
  clause: string;
  numbers: Record<string, string>;
}

export interface Sheet {
  format: string;
  person: string;
  period: { type: string; start: string; end: string };
  rule_set: string;
  facts: string;
  status: 'graded' | 'disputed' | 'too_short' | 'nothing';
  lines: Line[];
  groups: { code: string; max: string | null; sum: string; points: string }[];
  start: string;
  total: string | null;
  grade: string | null;
  vetoes: { indicator: string; clause: string; grade: string; sources: Source[] }[];
  proposals: Proposal[];
}
