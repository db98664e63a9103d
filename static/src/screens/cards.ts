/** Which card shows which kind of record. */
import { EmergencyCard } from '../duties/emergencies/card';
import { HazardCard } from '../duties/hazards/card';
import { InformationCard } from '../duties/information/card';
import { MediationCard } from '../duties/mediations/card';
import { PublicityCard } from '../duties/publicity/card';
import { VisitCard } from '../duties/visits/card';
import { PatrolCard } from '../patrols/card';
import type { Cards } from '../records/card';

export const cards: Cards = { hazard: HazardCard, visit: VisitCard, emergency: EmergencyCard, patrol: PatrolCard, publicity: PublicityCard, information: InformationCard, mediation: MediationCard };
