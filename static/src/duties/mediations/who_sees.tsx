/** Who else sees a mediation: in words, before it is saved. The same choice as the server's. */
import * as lists from '../../records/lists';
import type { Party } from '../../records/shapes';
import { Said, Zh } from '../../records/words';
import type { Id, Store } from '../../store/api';
import { m } from '../../text/mediations';
import { NoteLine } from '../../ui/tag';

export interface Who { has_team: boolean; reviewer?: string | undefined }

/** A team that the town named for it; else another leader of the grid, else its adviser. */
export async function readWho(store: Store, grid: Id | undefined): Promise<Who> {
  const me = store.session.person.id;
  const [teams, staff] = await Promise.all([lists.teams(store), lists.staff(store)]);
  const others = staff.filter((one) => one.grid_id === grid && one.person_id !== me);
  const holding = (role: string) => others.find((one) => one.roles.includes(role))?.name;
  return { has_team: teams.some((team) => team.purpose === 'mediation'), reviewer: holding('grid_leader') ?? holding('grid_adviser') };
}

export function WhoSees({ who }: { who: Who }) {
  const words = who.has_team ? m('who.team') : who.reviewer ? m('who.pair', { name: who.reviewer }) : m('who.leader');
  return <NoteLine tone="plain" icon="information"><span data-testid="who-sees"><Said>{words}</Said></span></NoteLine>;
}

/** Parties in clear, on the page where their author checks what was typed a moment ago. */
export function Shown({ parties }: { parties: Party[] }) {
  if (!parties.length) return <p class="quiet">{m('parties.none')}</p>;
  return <ul class="stack-s">{parties.map((party) => <li key={party.id}><span class="quiet">{m(`part.${party.part}`)}</span> <span class="strong"><Zh>{party.name}</Zh></span>{party.phone && <> · {party.phone}</>}</li>)}</ul>;
}
