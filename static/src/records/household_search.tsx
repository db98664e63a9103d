/** Finding a household on the phone: door number, surname or pinyin initials; those with a visit due stand on top. */
import { useState } from 'preact/hooks';
import type { Household, VisitPlan } from './shapes';
import * as lists from './lists';
import { useLive } from './store_context';
import { Zh } from './words';
import { sayDue, today } from '../text/days';
import { t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icons';
import { Tag } from '../ui/tag';
import type { HouseholdWords } from './household_acts';
import { HouseholdSheet } from './household_sheet';

const SHOWN = 30;

interface SearchProps {
  grid: string; label?: string | undefined;
  /** Says nothing of visits. */
  plain?: boolean;
  /** What is typed of one that is not on the list; the form keeps it with its draft. */
  adding: HouseholdWords | undefined; onAdding: (words: HouseholdWords) => void;
  onPick: (household: Household, plan: VisitPlan | undefined) => void;
}

export function HouseholdSearch({ grid, onPick, adding, onAdding, plain, label = t('visit.which_household') }: SearchProps) {
  const [words, setWords] = useState('');
  const [isAdding, setAdding] = useState(false);
  const plans = useLive((s) => lists.visitPlans(s), ['visit_plan']) ?? [];
  const planOf = new Map(plans.filter((plan) => plan.household_id).map((plan) => [plan.household_id, plan]));
  // live: what the first pull still brings is found without typing again
  const found = (useLive((s) => s.findHouseholds({ words, limit: SHOWN }), ['household', 'visit_plan'], [words]) ?? []) as unknown as Household[];
  return (
    <section class="card" aria-label={label}>
      <TextField label={label} value={words} onText={setWords} hint={plain ? t('household.search_hint') : t('visit.search_hint')} testid="household-search" rest={{ type: 'search', autoComplete: 'off', enterKeyHint: 'search' }} />
      <div class="rows" style="margin:0 -16px">
        {found.map((household) => {
          const plan = planOf.get(household.id);
          return (
            <Tappable class="row" key={household.id} data-testid="household-row" data-id={household.id} onTap={() => onPick(household, plan)}>
              <Icon name="visits" />
              <span class="grow"><span class="title"><Zh>{household.door}</Zh></span><span class="quiet"><Zh>{household.contact_name}</Zh></span></span>
              {plan && !plain && <Tag tone={plan.due < today() ? 'stop' : 'wait'} icon="waiting">{sayDue(plan.due)}</Tag>}
            </Tappable>
          );
        })}
        {!found.length && <p class="empty">{words ? t('visit.none_found') : plain ? t('household.type_to_search') : t('visit.type_to_search')}</p>}
      </div>
      <Button icon="add" data-testid="household-add" onTap={() => setAdding(true)}>{t('visit.add_household')}</Button>
      {isAdding && <HouseholdSheet grid={grid} words={adding} onWords={onAdding} onClose={() => setAdding(false)} onSaved={(household) => { setAdding(false); if (household) onPick(household, undefined); }} />}
    </section>
  );
}

