import { LabelsView } from '@/features/labels/LabelsView'

export default function LabelsPage() {
  return <LabelsView />
}
