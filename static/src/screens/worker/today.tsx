/** 今日: "what now?" in three seconds. One next act, then what is due as rows that open their form. */
import type { Absence } from '../../records/away';
import type { Task } from '../../records/tasks';
import { relooksDue } from '../../duties/hazards/relooks';
import { lookAgainOn } from '../../store/pages';
import { revisitsDue } from '../../duties/mediations/revisits';
import { newId } from '../../records/ids';
import * as lists from '../../records/lists';
import { Messages } from '../../records/messages';
import { gridsOf, isOnlyMicroLeader } from '../../records/roles';
import { RecordRow as OneRecord } from '../../records/row';
import { useLive } from '../../records/store_context';
import type { CheckDone, Matter, RecordRow, VisitPlan } from '../../records/shapes';
import { MatterName, Zh, kindIcon, kindWord } from '../../records/words';
import { isRunningPatrol } from '../../records/walk';
import type { Draft, Store } from '../../store/api';
import { sayDay, sayDue, sayMoment, today } from '../../text/days';
import { t } from '../../text/text';
import { Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { Empty, Tag } from '../../ui/tag';
import { FirstCards, TodayNotes } from '../../shell/parts';

const SHOWN = 20;
const RECENT = 60; // enough to know which due visits were just made

/** What this screen shows, in one question. Of the lists a start may know the answer; code of another build asks anew. */
export async function readToday(store: Store) {
  const { roles } = store.session;
  const question = JSON.stringify([today(), roles, document.scripts[0]?.src]);
  const [found, drafts, ...asked] = await Promise.all([store.recall(question, () => readLists(store)), store.drafts(), store.setting('notice_seen'), store.setting('install_asked')]);
  return { ...found, matters: new Map(found.matters), drafts, asks: asked.includes(undefined), patrols: !isOnlyMicroLeader(roles) };
}

/** No more than is shown, as plain JSON. */
async function readLists(store: Store) {
  const { person, roles } = store.session;
  const day = today();
  const [recent, wanting, sent_back, refused, plans, matters, absences, all_tasks] = await Promise.all([
    lists.records(store, { limit: RECENT }), lists.records(store, { due_to: day }), lists.records(store, { state: 'returned' }), lists.refusedRecords(store),
    lists.visitPlans(store, day), lists.matterByCode(store), store.list('absence'), store.list('task'),
  ]);
  const away = (absences as unknown as Absence[]).find((one) => one.from <= day && day < one.to);
  const due = away ? [] : lists.stillDue(plans, recent, roles.map((held) => held.role), day);
  const shown = due.slice(0, SHOWN);
  const tasks = (all_tasks as unknown as Task[]).filter((task) => task.person_id === person.id && (task.state === 'open' || task.state === 'accepted'));
  const toConfirm = recent.filter((record) => record.confirmation === 'waiting' && record.author_id === person.id);
  const relooks = away ? [] : [...relooksDue(wanting, day, gridsOf(store.session)), ...revisitsDue(wanting, day, person.id)].sort((a, b) => lists.byText(returnDay(a), returnDay(b)));
  const returned = sent_back.filter((record) => record.author_id === person.id && record.delivery !== 'refused');
  const codes = new Set([...refused, ...toConfirm, ...tasks, ...shown, ...relooks, ...returned].map((one) => one.matter_code));
  return { refused, tasks, away, toConfirm, hasRecords: recent.some((record) => record.author_id === person.id), isFetched: matters.size > 0, due: shown, due_count: due.length, relooks, returned, matters: [...matters].filter(([code]) => codes.has(code)) };
}

/** The day on which a hazard is looked at, or the parties are visited, again. */
const returnDay = ({ body }: RecordRow): string => lookAgainOn(body) || String(body.revisit_on);

export default function Today() {
  const now = useLive(readToday);
  if (!now) return null;
  const patrol = now.drafts.find(isRunningPatrol);
  const open = now.drafts.filter((draft) => !isRunningPatrol(draft));
  const idle = !now.tasks.length && !now.due.length && !now.relooks.length && !now.returned.length && !now.refused.length && !open.length;
  return (
    <>
      <div class="line"><p class="quiet grow">{sayDay(today())}{now.isFetched && <> · {t('today.greeting', { n: now.due_count + now.relooks.length })}</>}</p>
        {now.patrols && <a class="btn bare" href="#/map" data-testid="today-map"><Icon name="map" />{t('tab.map')}</a>}</div>
      {now.asks && <FirstCards hasRecords={now.hasRecords} />}
      {(now.away || now.toConfirm[0] || now.tasks[0]) && <TodayNotes {...now} />}
      {now.patrols && <PatrolBand draft={patrol} />}
      {(now.returned.length > 0 || now.refused.length > 0) && (
        <Section title={t('today.to_correct')}>{[...now.refused, ...now.returned].map((record) => <OneRecord key={record.id} record={record} matter={now.matters.get(record.matter_code ?? '')} />)}</Section>
      )}
      {open.length > 0 && <Section title={t('today.unfinished')}>{open.map((draft) => <DraftRow key={draft.id} draft={draft} />)}</Section>}
      {now.due.length > 0 && (
        <Section title={t('today.due_visits', { n: now.due_count })}>
          {now.due.map((plan) => <DueVisit key={plan.id} plan={plan} matter={now.matters.get(plan.matter_code)} begun={open.find((draft) => isBegun(draft, plan))} />)}
          {now.due_count > SHOWN && <p class="row quiet">{t('today.more_due', { n: now.due_count - SHOWN })}</p>}
        </Section>
      )}
      {now.relooks.length > 0 && <Section title={t('today.relooks', { n: now.relooks.length })}>{now.relooks.map((record) => <RelookRow key={record.id} record={record} matter={now.matters.get(record.matter_code ?? '')} />)}</Section>}
      <Messages />
      {idle && <Empty icon={now.isFetched ? 'check' : 'download'}><p>{t(now.isFetched ? 'today.nothing_due' : 'today.not_fetched')}</p></Empty>}
    </>
  );
}

function Section({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return <section class="card flat" aria-label={title}><h2 style="padding:12px 16px 4px">{title}</h2><div class="rows">{children}</div></section>;
}

function PatrolBand({ draft }: { draft: Draft | undefined }) {
  const checks = ((draft?.body.checks as CheckDone[] | undefined) ?? []).filter((check) => check.result !== 'not_reached').length;
  return (
    <Tappable class={`band ${draft ? 'running' : ''}`} data-testid="patrol-start" data-state={draft ? 'running' : 'none'} onTap={() => go(`/patrol/${draft?.id ?? newId()}`)}>
      <Icon name="walk" size={40} />
      <span>{draft ? t('patrol.resume') : t('patrol.start')}<small>{draft ? t('patrol.resume_hint', { n: checks }) : t('patrol.start_hint')}</small></span>
    </Tappable>
  );
}

/** A visit that is being written, and no correction of one that was. */
const isBegun = ({ form, body }: Draft, plan: VisitPlan): boolean => form === 'visit' && body.plan_id === plan.id && !body.correcting && !body.replaces;

/** `begun`: what was written of it goes on. */
function DueVisit({ plan, matter, begun }: { plan: VisitPlan; matter: Matter | undefined; begun: Draft | undefined }) {
  const late = plan.due < today();
  return (
    <Tappable class="row" data-testid="visit-due" data-id={plan.id} data-due={plan.due} onTap={() => go(`/log/visit/${begun?.id ?? newId()}?plan=${plan.id}`)}>
      <Icon name="visits" />
      <span class="grow"><span class="title"><Zh>{plan.door}</Zh></span><span class="quiet"><MatterName matter={matter} code={plan.matter_code} short />{plan.due_was && <> · {t('day.moved')}</>}</span></span>
      <Tag tone={late ? 'stop' : 'wait'} icon="waiting">{sayDue(plan.due)}</Tag>
    </Tappable>
  );
}

function RelookRow({ record, matter }: { record: RecordRow; matter: Matter | undefined }) {
  const isMediation = record.kind === 'mediation';
  const day = returnDay(record);
  return (
    <Tappable class="row" data-testid={isMediation ? 'revisit-due' : 'relook-due'} data-id={record.id} onTap={() => go(`/${isMediation ? 'mediation' : 'relook'}/${record.id}/${newId()}`)}>
      <Icon name={kindIcon[record.kind]} />
      <span class="grow"><span class="title"><MatterName matter={matter} code={record.matter_code} short /></span><span class="quiet"><Zh>{String(record.body.place_words ?? '')}</Zh></span></span>
      <Tag tone={day < today() ? 'stop' : 'wait'} icon="waiting">{sayDue(day)}</Tag>
    </Tappable>
  );
}

function DraftRow({ draft }: { draft: Draft }) {
  const to = draft.form === 'relook' ? `/relook/${String(draft.body.hazard)}/${draft.id}` : draft.form === 'step' ? `/mediation/${String(draft.body.mediation)}/${draft.id}` : draft.form === 'patrol' ? `/patrol/${draft.id}` : `/log/${draft.form}/${draft.id}`;
  return (
    <Tappable class="row" data-testid="draft-row" data-id={draft.id} onTap={() => go(to)}>
      <Icon name="edit" />
      <span class="grow"><span class="title">{draft.form === 'relook' ? t('relook.title') : kindWord(draft.form)}{!!draft.body.door && <> · <Zh>{String(draft.body.door)}</Zh></>}</span><span class="quiet">{t('today.draft_of', { when: sayMoment(draft.updated_at) })}</span></span>
      <Icon name="go" size={20} />
    </Tappable>
  );
}
