/** 记一笔: six duties, same order for ever, colour and icon and word. A duty without a form yet says so. */
import { isRunningPatrol } from '../../records/walk';
import { newId } from '../../records/ids';
import { isOnlyMicroLeader } from '../../records/roles';
import type { Duty, RecordKind } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { t } from '../../text/text';
import { Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';

const duties: { duty: Duty; tone: string; form?: RecordKind }[] = [
  { duty: 'information', tone: 'var(--act)', form: 'information' },
  { duty: 'hazards', tone: 'var(--stop)', form: 'hazard' },
  { duty: 'mediations', tone: 'var(--act)', form: 'mediation' },
  { duty: 'visits', tone: 'var(--ok)', form: 'visit' },
  { duty: 'emergencies', tone: 'var(--stop)', form: 'emergency' },
  { duty: 'publicity', tone: 'var(--wait)', form: 'publicity' },
];

export default function Log() {
  const store = useStore();
  const known = useLive(async (s) => ({ last: await s.setting<string>('last_duty'), patrol: (await s.drafts('patrol')).find(isRunningPatrol) }), ['draft', 'drafts', 'setting']);
  const open = (duty: string, form: string) => { store.keepSetting('last_duty', duty).catch(() => {}); go(`/log/${form}/${newId()}`); };
  return (
    <>
      <h2>{t('log.which')}</h2>
      <div class="tiles">
        {duties.map(({ duty, tone, form }) => (
          <Tappable key={duty} class={`tile ${known?.last === duty ? 'last' : ''}`} style={form ? `--tone:${tone}` : undefined} data-testid={`duty-${duty}`} disabled={!form} onTap={() => form && open(duty, form)}>
            <Icon name={duty} size={30} />
            <span>{t(`duty.${duty}`)}{!form && <small style="display:block">{t('log.not_open')}</small>}{known?.last === duty && <small style="display:block">{t('log.last_used')}</small>}</span>
          </Tappable>
        ))}
      </div>
      {!isOnlyMicroLeader(store.session.roles) && <Tappable class={`band ${known?.patrol ? 'running' : ''}`} data-testid="patrol-start" onTap={() => go(`/patrol/${known?.patrol?.id ?? newId()}`)}>
        <Icon name="walk" size={40} /><span>{known?.patrol ? t('patrol.resume') : t('patrol.start')}</span>
      </Tappable>}
    </>
  );
}
