import { due, nextStep } from '../../src/incident/escalation.ts';
import { notificationsFor } from '../../src/incident/notification.ts';
import { apply } from '../../src/incident/reducer.ts';
import { createWorld, type Subject } from './world.ts';
import type { Policy } from '../../src/incident/policy.ts';

export const subject: Subject = { apply, due, nextStep, notificationsFor };

export const world = (policy?: Policy, serviceTier?: number) => createWorld(subject, policy, serviceTier);
