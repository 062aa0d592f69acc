// Plans for shapes seen before, by a name of their shapes: the latest stay, the least recently used go.

export class RecentPlans<Plan> {
  /** Those kept, the latest last. */
  private readonly plans = new Map<string, Plan>();
  private last: Plan | undefined;

  /** @param most how many are kept */
  constructor(private readonly most = 8) {}

  /** The one that was kept last. */
  get latest(): Plan | undefined {
    return this.last;
  }

  get(key: string): Plan | undefined {
    return this.plans.get(key);
  }

  /** Makes `plan` the latest. */
  keep(key: string, plan: Plan): void {
    this.last = plan;
    this.plans.delete(key);
    this.plans.set(key, plan);
    for (const oldest of this.plans.keys()) {
      if (this.plans.size <= this.most) break;
      this.plans.delete(oldest);
    }
  }

  /** The plan of `key`, made where there is none; it becomes the latest. */
  take(key: string, make: () => Plan): Plan {
    const plan = this.plans.get(key) ?? make();
    this.keep(key, plan);
    return plan;
  }

  clear(): void {
    this.last = undefined;
    this.plans.clear();
  }
}
