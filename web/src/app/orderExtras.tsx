import { lazy, type ReactNode } from 'react'
import { OrderExtras } from '@/features/orders/extras'
import { loadTexts } from '@/lib/i18n'

// They and their texts come after the order itself: the list must not wait for them.
const extras = {
  Why: lazy(() => Promise.all([import('@/features/fulfill/WhyPanel'), loadTexts()]).then(([m]) => ({ default: m.WhyPanel }))),
  FollowUps: lazy(() => Promise.all([import('@/features/followups/FollowUps'), loadTexts()]).then(([m]) => ({ default: m.FollowUps }))),
  NewFollowUp: lazy(() => Promise.all([import('@/features/followups/NewFollowUp'), loadTexts()]).then(([m]) => ({ default: m.default }))),
  Fulfillment: lazy(() => Promise.all([import('@/features/fulfill/OrderFulfillment'), loadTexts()]).then(([m]) => ({ default: m.OrderFulfillment }))),
  Split: lazy(() => Promise.all([import('@/features/fulfill/SplitOrder'), loadTexts()]).then(([m]) => ({ default: m.SplitOrder }))),
}

export function WithOrderExtras({ children }: { children: ReactNode }) {
  return <OrderExtras value={extras}>{children}</OrderExtras>
}
