package event

var logColumns = []string{"merchant_id", "id", "name", "schema_version", "aggregate", "aggregate_id", "aggregate_version",
	"actor_kind", "actor_id", "actor_name", "cause", "at", "body"}
