import { Outlet, useLocation } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useMayOpen } from '@/lib/access'
import { useLive } from '@/lib/live'
import { ChannelFacesProvider } from '@/ui/Tag'
import { LIVE } from './Layout'
import { Refused } from './Refused'

/** The frame of pages that take the whole screen, benches and hand-helds: no navigation, live updates all the same. */
export function WholeScreen() {
  const mayOpen = useMayOpen()
  const refused = !mayOpen(useLocation({ select: (l) => l.pathname }))
  useLive(LIVE)
  return <ChannelFacesProvider>{refused ? <Refused /> : <Suspense fallback={null}><Outlet /></Suspense>}</ChannelFacesProvider>
}
