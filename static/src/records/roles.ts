/** Which modes, tabs and grids a person has, read from the roles of the session. Pure. */
import type { Id, RoleHeld, SessionInfo } from '../store/api';

export type Mode = 'worker' | 'leader';
const FIELD = ['full_time_worker', 'part_time_worker', 'micro_grid_leader'];
const LEAD = ['grid_leader', 'grid_adviser'];

export function modesOf(roles: RoleHeld[]): Mode[] {
  const modes: Mode[] = [];
  if (roles.some((held) => FIELD.includes(held.role))) modes.push('worker');
  if (roles.some((held) => LEAD.includes(held.role))) modes.push('leader');
  return modes;
}

/** A micro-grid leader who holds no other field role has three tabs: 今日 · 记一笔 · 我. */
export function isOnlyMicroLeader(roles: RoleHeld[]): boolean {
  const field = roles.filter((held) => FIELD.includes(held.role) || LEAD.includes(held.role));
  return field.length > 0 && field.every((held) => held.role === 'micro_grid_leader');
}

/** Grids in which the person may log work. */
export function gridsOf(session: SessionInfo): Id[] {
  return [...new Set(session.roles.map((held) => held.grid_id).filter((id): id is Id => !!id))];
}

export function gridsLed(session: SessionInfo): Id[] {
  return session.roles.filter((held) => held.role === 'grid_leader' && held.grid_id).map((held) => held.grid_id as Id);
}

export function gridsAdvised(session: SessionInfo): Id[] {
  return session.roles.filter((held) => held.role === 'grid_adviser' && held.grid_id).map((held) => held.grid_id as Id);
}

export function holds(session: SessionInfo, role: string): boolean {
  return session.roles.some((held) => held.role === role);
}
