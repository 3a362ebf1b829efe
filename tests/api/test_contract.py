"""The contract that others build on: every field of every shape, as it stands in the OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from api.recording_shapes import RecordingRecordIn
from api.shapes import FeedbackIn, PartIn
from engine.intake import FIELDS, PART_FIELDS
from engine.reading import ReadingStatus
from tests.api import contract_insights
from tests.support.service import House

SHAPES = {
    "FeedbackIn": "id* source text parts transcript speakers scores attributes channel customer employee unit "
    "occurred_at",
    "PartIn": "text* question speaker start end confidence cues",
    "CueIn": "at* start* end* confidence",
    "RecordingIn": "audio* record*",
    "RecordingRecordIn": "id* source question speakers scores attributes channel customer employee unit occurred_at",
    "RecordingDecidedOut": "decisions* heard*",
    "HeardOut": "seconds* language* unclear_seconds* model*",
    "SentenceOut": "part* start* end* language* labels* confidence* speaker starts ends heard",
    "ReadingOut": "id* status* language* language_confidence* languages* model* labels* unsure* confidence* sentences*",
    "ReadingsOut": "readings*",
    "AlertBrief": "id* rule* severity* kind* reasons*",
    "HeldBackOut": "rule* reason* alert",
    "DecisionOut": "source* id* revision* sequence* decided_at* ruleset* model* taxonomy* reading* alerts* held_back*",
    "DecisionsOut": "decisions*",
    "StoredOut": "feedback* received_at* occurred_at* erased_at* decision*",
    "PrivateOut": "feedback* received_at* occurred_at* erased_at* decision* evidence* taken_out*",
    "PrivateEvidenceOut": "alert* part* start* end* shows*",
    "TakenOutOut": "field* kind* action* value*",
    "PrivateViewOut": "id* at* who* source* feedback_id* why*",
    "PrivateViewsOut": "views* cursor*",
    "AlertOut": "id* rule* severity* kind* reasons* rule_version* title* state* source* feedback_id* sequence* "
    "opened_at* unit* customer* receiver* key* started_at* ended_at* employee* evidence* confidence* priority* route* "
    "version* holder* team* in_attainment* follow_up_due* close_due* followed_up_at* resolved_at* closed_at* "
    "root_cause* remedy* judged* problem*",
    "AlertsOut": "alerts* cursor*",
    "AlertDetailOut": "id* rule* severity* kind* reasons* rule_version* title* state* source* feedback_id* sequence* "
    "opened_at* unit* customer* receiver* key* started_at* ended_at* employee* evidence* confidence* priority* route* "
    "version* holder* team* in_attainment* follow_up_due* close_due* followed_up_at* resolved_at* closed_at* "
    "root_cause* remedy* judged* problem* verdict* events* feedback* "
    "attempts* earlier* notifications* clocks*",
    "EvidenceSpanOut": "part* start* end* shows* starts ends",
    "AttemptOut": "at* who* channel* outcome* remedy* root_cause* note*",
    "ClockOut": "due* met_at* in_time* overdue* left_s*",
    "ClocksOut": "follow_up* close*",
    "EarlierAlertOut": "id* rule* title* severity* kind* state* opened_at* judged*",
    "EarlierOut": "count* alerts*",
    "ChangedOut": "alerts*",
    "RefusalOut": "alert* type* status* detail*",
    "FeedbackKeyIn": "source id*",
    "SeenIn": "id* version",
    "ChangeIn": "action* note to channel outcome remedy root_cause feedback verdict labels person version",
    "ChangesIn": "action* note to channel outcome remedy root_cause feedback verdict labels person alerts*",
    "AttemptIn": "channel* outcome* remedy root_cause note version person",
    "LinkedOut": "source* id* revision* sequence* occurred_at*",
    "VerdictIn": "verdict* labels note",
    "VerdictOut": "verdict* labels* note* who* at*",
    "EventOut": "at* kind* who* why* data*",
    "NotificationOut": "id* alert* kind* recipient* receiver* state* held_reason* held_by* carried_by* created_at* "
    "due_at* attempts*",
    "NotificationsOut": "notifications* cursor*",
    "NotificationDetailOut": "id* alert* kind* recipient* receiver* state* held_reason* held_by* carried_by* "
    "created_at* due_at* attempts* message*",
    "ReceiverStateOut": "name* state* reason* since* failures* failing_since* last_sent_at*",
    "ReceiverStatesOut": "receivers*",
    "ReceiverOut": "name* kind* sees* takes_address* to_customer* fallback* template* budget* zone* stands* version* "
    "problem*",
    "SettingVersionOut": "kind* name* version* managed* retired* who* why* at*",
    "SettingTextOut": "kind* name* version* managed* retired* who* why* at* text* before*",
    "SettingVersionsOut": "versions* cursor*",
    "RoutesOut": "routes* stands* version* problems*",
    "ReceiversOut": "receivers*",
    "ReceiverTestIn": "address",
    "ReceiverTestOut": "receiver* delivered* said* permanent* took_s*",
    "StartedOut": "name* due*",
    "DeliveryAttemptOut": "number* at* outcome* detail*",
    "ExplanationOut": "source* id* revision* sequence* decided_at* ruleset* erased_at* reading* rules*",
    "RuleExplanationOut": "rule* title* status* truth* outcome* trace* alerts* signals* held_back* notifications*",
    "TraceOut": "condition* truth* found wanted evidence children",
    "EvidenceOut": "sentence* part* start* end* starts ends heard",
    "FindingOut": "line* column* message* level*",
    "RuleVersionOut": "slug* version* title* status* author* managed* file* retired* who* why* at*",
    "RuleTextOut": "slug* version* title* status* author* managed* file* retired* who* why* at* text*",
    "RuleVersionsOut": "versions* cursor*",
    "RuleOut": "slug* version* title* status* author* managed* file* retired* who* why* at* problems*",
    "RulesOut": "rules* cursor*",
    "RuleDetailOut": "slug* version* title* status* author* managed* file* retired* who* why* at* problems* text* "
    "summary*",
    "RuleSummaryOut": "severity* send_to* if_unsure* must_not_lose* fires* stays_quiet*",
    "RouteOut": "name* when* said* to* group* continue* routes*",
    "RouteTryIn": "feedback alert routes",
    "LanguagesOut": "since* until* feedback* unsupported* languages*",
    "LanguageCountOut": "language* status* feedback*",
    "TriedOut": "rule* severity* kind* held_back* subject* route* why* holder* team* steps* destinations*",
    "DestinationOut": "recipient* receiver* group* now* reason* by* until*",
    "RuleIn": "text* why",
    "RestoreIn": "version* why",
    "ValidationOut": "slug* title* status* author* findings*",
    "SaidOut": "slug* said*",
    "CheckOut": "slug* examples* model* model_problem* findings* mutants*",
    "MutantsOut": "tried* caught* alive* untried*",
    "BacktestOut": "since* until* days* feedback* call_backs_a_month* rules*",
    "RuleBacktestOut": "rule* status* alerts* reviews* held_back* alerts_a_day* share* level* precision* top*",
    "PrecisionOut": "right* judged* value* low* high*",
    "RulePrecisionOut": "rule* precision*",
    "RaisedOut": "id* rule* severity* kind* reasons* rule_version* title* state* source* feedback_id* sequence* "
    "opened_at* unit* customer* receiver* key* started_at* ended_at* employee* evidence* confidence* priority* route* "
    "version* holder* team* in_attainment* follow_up_due* close_due* followed_up_at* resolved_at* closed_at* "
    "root_cause* remedy* judged* problem* text*",
    "DiffOut": "since* until* feedback* rule* change* must_not_lose* gained* lost* gained_alerts* lost_alerts*",
    "SilenceIn": "matching* reason* ends* starts",
    "SilenceOut": "id* matching* said* state* author* reason* created_at* starts_at* ends_at* ended_by* noticed_at*",
    "ErasureIn": "customer* erasing* why anywhere",
    "ErasureOut": "id* kind* subject* erasing* who* why* requested_at* finished_at* counts* files* models* "
    "unreached* remains*",
    "ErasuresOut": "erasures* cursor*",
    "SilencesOut": "silences* cursor*",
    "InhibitionShape": "matching* link",
    "ProblemIn": "title* cause topic unit holder due inhibits alerts",
    "ProblemChangeIn": "change* version* why alerts at title cause topic holder due inhibits",
    "ProblemRecordOut": "id* title* cause* topic* unit* state* holder* due_at* created_at* created_by* inhibits* "
    "solved_at* version*",
    "ProblemRecordsOut": "problems* cursor*",
    "ProblemRecordDetailOut": "id* title* cause* topic* unit* state* holder* due_at* created_at* created_by* inhibits* "
    "solved_at* version* events* linked* root_causes* alerts* rate*",
    "ProblemEventOut": "at* kind* who* why* data*",
    "RateOut": "since* until* days* count* of* a_day* share* low* high*",
    "RateChangeOut": "topic* unit* before* after* p* trend* said*",
    "BehindAlertOut": "id* state*",
    "CustomerOut": "customer* source* feedback_id* occurred_at* unit* channel* scores* feedback* alerts* more_alerts* "
    "holders*",
    "CustomersOut": "problem* customers*",
    "SuggestionOut": "by* name* unit* week* before* expected* p* finding* said* open* alerts*",
    "SuggestionsOut": "suggestions*",
    "PersonIn": "name manager units leads teams contacts calendar",
    "ContactOut": "receiver* address*",
    "PersonOut": "id* name* manager* units* leads* teams* contacts* calendar* managed* gone*",
    "PeopleOut": "people* cursor*",
    "TeamOut": "name* members*",
    "TeamsOut": "teams*",
    "AuditedOut": "id* at* who* through* what* kind* subject* data*",
    "AuditOut": "changes* cursor*",
    "CountsOut": "met* missed* pending* share* low* high*",
    "GoalOut": "answer* settled* pending*",
    "AttainmentLineOut": "name* alerts* follow_up* close* goal*",
    "AttainmentOut": "since* until* now* by* goal* total* groups*",
    "ProblemOut": "type* title* status* detail* field position errors refused",
}
PARAMETERS = {
    ("post", "/v1/feedback"): "notify revise",
    ("post", "/v1/feedback/audio"): "notify revise",
    ("post", "/v1/read"): "all",
    ("get", "/v1/feedback/{feedback_id}"): "feedback_id source all private why",
    ("get", "/v1/private-views"): "source feedback limit cursor",
    ("get", "/v1/feedback/{feedback_id}/explain"): "feedback_id source now",
    ("get", "/v1/alerts"): "rule severity state kind unit customer since until holder team problem "
    "overdue mine person unassigned search sort limit cursor",
    ("get", "/v1/alerts/{alert_id}"): "alert_id",
    ("get", "/v1/outbox"): "state receiver alert limit cursor",
    ("get", "/v1/outbox/{notification_id}"): "notification_id",
    ("post", "/v1/outbox/{notification_id}/retry"): "notification_id",
    ("post", "/v1/outbox/{notification_id}/drop"): "notification_id why",
    ("get", "/v1/receivers/states"): "",
    ("get", "/v1/receivers"): "",
    ("get", "/v1/receivers/export"): "",
    ("get", "/v1/receivers/{name}"): "name",
    ("put", "/v1/receivers/{name}"): "name why If-Match If-None-Match",
    ("delete", "/v1/receivers/{name}"): "name why If-Match",
    ("get", "/v1/receivers/{name}/versions"): "name limit cursor",
    ("get", "/v1/receivers/{name}/versions/{number}"): "name number",
    ("post", "/v1/receivers/{name}/restore"): "name If-Match",
    ("post", "/v1/receivers/{name}/test"): "name",
    ("post", "/v1/receivers/{name}/start"): "name",
    ("post", "/v1/receivers/{name}/pause"): "name why",
    ("get", "/v1/languages"): "since until",
    ("get", "/v1/attainment"): "since until by goal rule holder team unit severity intent",
    ("get", "/v1/people"): "team gone limit cursor",
    ("get", "/v1/people/{person_id}"): "person_id",
    ("put", "/v1/people/{person_id}"): "person_id",
    ("delete", "/v1/people/{person_id}"): "person_id",
    ("get", "/v1/teams"): "",
    ("get", "/v1/audit"): "kind subject who limit cursor",
    ("get", "/v1/silences"): "ended limit cursor",
    ("post", "/v1/silences"): "",
    ("post", "/v1/silences/{silence_id}/end"): "silence_id",
    ("get", "/v1/erasures"): "limit cursor",
    ("post", "/v1/erasures"): "",
    ("get", "/v1/erasures/{erasure_id}"): "erasure_id",
    ("get", "/v1/problems"): "state topic unit holder search limit cursor",
    ("post", "/v1/problems"): "",
    ("get", "/v1/problems/suggestions"): "",
    ("get", "/v1/problems/{problem_id}"): "problem_id days",
    ("post", "/v1/problems/{problem_id}/changes"): "problem_id",
    ("get", "/v1/problems/{problem_id}/customers"): "problem_id format",
    ("get", "/v1/routes"): "",
    ("post", "/v1/routes/try"): "",
    ("put", "/v1/routes"): "why If-Match If-None-Match",
    ("get", "/v1/routes/published"): "",
    ("get", "/v1/routes/export"): "",
    ("get", "/v1/routes/versions"): "limit cursor",
    ("get", "/v1/routes/versions/{number}"): "number",
    ("post", "/v1/routes/restore"): "If-Match",
    ("post", "/v1/alerts/{alert_id}/changes"): "alert_id If-Match",
    ("post", "/v1/alerts/{alert_id}/attempts"): "alert_id If-Match",
    ("post", "/v1/alerts/{alert_id}/verdict"): "alert_id If-Match",
    ("post", "/v1/alerts/changes"): "",
    ("get", "/v1/rules"): "status author managed retired words limit cursor",
    ("get", "/v1/rules/export"): "",
    ("post", "/v1/rules/validate"): "slug",
    ("get", "/v1/rules/schema"): "",
    ("post", "/v1/rules/check"): "slug mutate",
    ("post", "/v1/rules/backtest"): "since",
    ("post", "/v1/rules/diff"): "since",
    ("get", "/v1/rules/{slug}/say"): "slug",
    ("get", "/v1/rules/{slug}/precision"): "slug",
    ("get", "/v1/rules/{slug}/backtest"): "slug since",
    ("get", "/v1/rules/{slug}"): "slug",
    ("put", "/v1/rules/{slug}"): "slug why If-Match If-None-Match",
    ("delete", "/v1/rules/{slug}"): "slug why If-Match",
    ("get", "/v1/rules/{slug}/versions"): "slug limit cursor",
    ("get", "/v1/rules/{slug}/versions/{number}"): "slug number",
    ("post", "/v1/rules/{slug}/restore"): "slug If-Match",
    ("get", "/livez"): "",
    ("get", "/readyz"): "",
    ("get", "/metrics"): "",
}
SHAPES |= contract_insights.SHAPES
PARAMETERS |= contract_insights.PARAMETERS


@pytest.fixture
def document(home: House) -> dict[str, Any]:
    found: dict[str, Any] = home.get("/openapi.json").json()
    return found


def test_every_shape_has_its_fields_and_no_other(document: dict[str, Any]) -> None:
    found = {
        name: {field + "*" * (field in shape.get("required", ())) for field in shape["properties"]}
        for name, shape in document["components"]["schemas"].items()
        if name in SHAPES
    }
    assert found == {name: set(fields.split()) for name, fields in SHAPES.items()}


def test_every_route_has_its_parameters_and_no_other(document: dict[str, Any]) -> None:
    found = {
        (method, path): {one["name"] for one in operation.get("parameters", ())}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert found == {route: set(names.split()) for route, names in PARAMETERS.items()}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [found for one in node for found in references(one)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for one in node.values() for found in references(one)]

    named = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= named


def test_routes_need_a_key_but_for_health(document: dict[str, Any]) -> None:
    assert document["security"] == [{"key": []}]
    free = {path for path, found in document["paths"].items() if found.get("get", {}).get("security") == []}
    assert free == {"/livez", "/readyz"}


def test_the_shapes_say_what_intake_takes(document: dict[str, Any]) -> None:
    assert set(FeedbackIn.model_fields) == set(FIELDS)
    assert set(PartIn.model_fields) == set(PART_FIELDS)
    assert set(RecordingRecordIn.model_fields) == {*FIELDS, "question"} - {"text", "parts", "transcript"}
    statuses = document["components"]["schemas"]["ReadingOut"]["properties"]["status"]["enum"]
    assert set(statuses) == {str(status) for status in ReadingStatus}
