import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { newKey } from '@/lib/api/key'
import { components, componentState, mayReachComponents, type ComponentKind } from '@/lib/component'
import { pairStation, useStation } from '@/lib/component/station'
import { useCan, useMe } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import css from './print.module.css'
import { agentsQuery } from './queries'

interface Found {
  kinds: ComponentKind[]
  printers: string[]
}

/** The components that answer on this machine, and their printers, the one they print on by themselves first. */
async function look(): Promise<Found> {
  const kinds = Object.keys(components) as ComponentKind[]
  const states = await Promise.all(kinds.map(componentState))
  const open = kinds.filter((_, i) => states[i]?.state === 'open')
  const printers = states.flatMap((s) => (s.state === 'open' ? s.printers : []))
  printers.sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
  return { kinds: open, printers: [...new Set(printers.map((p) => p.name))].slice(0, 50) }
}

interface ThisComputerProps {
  /** Labels go to a printer of this machine from now on. */
  onReady: (agent: string, printer: string) => void
}

/**
 * Prints on the print components of this machine without a program beside them: the browser becomes a
 * print station. Nothing is offered where the page may not speak to them or is a station already.
 */
export function ThisComputer({ onReady }: ThisComputerProps) {
  const { t } = useTranslation()
  const station = useStation()
  const may = useCan()('packing.print')
  const person = useMe().display_name
  const client = useQueryClient()
  const [found, setFound] = useState<Found | null>(null)
  const join = useMutation({
    mutationFn: async () => {
      const here = await look()
      setFound(here)
      const first = here.printers[0]
      if (first === undefined) return
      const added = await api.post('/print/agents', { name: t('print.here_name', { name: person }).slice(0, 40) }, { key: newKey() })
      const agent = await pairStation(added.code, here.printers)
      await client.invalidateQueries({ queryKey: agentsQuery.queryKey })
      onReady(agent, first)
    },
  })
  if (!may || !mayReachComponents() || (station.is !== 'off' && station.is !== 'revoked')) return null
  const nothing = join.isSuccess && found !== null && found.printers.length === 0
  return (
    <div>
      <Button size="small" loading={join.isPending} title={t('print.here_hint')} onClick={() => join.mutate()}>
        {t('print.here')}
      </Button>
      <div role="status">{nothing ? <p className={css.bad}>{found.kinds.length === 0 ? t('print.here_none') : t('print.here_no_printer')}</p> : null}</div>
      {join.error ? <ErrorBox error={join.error} /> : null}
    </div>
  )
}
