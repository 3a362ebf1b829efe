"""The contract of search, insights and coaching: every field of every shape, every parameter of every route."""

SHAPES = {
    "MatchOut": "start* end*",
    "AlertFoundOut": "id* rule* title* severity* kind* state* problem*",
    "FoundOut": (
        "source* id* revision* sequence* received_at* occurred_at* text* text_start* text_cut* matches* "
        "language* status* labels* scores* attributes* unit* channel* customer* employee* alerts*"
    ),
    "CountOut": "count* more*",
    "FoundFeedbackOut": "feedback* cursor* count* complete*",
    "VolumeBinOut": "start* end* feedback* count* share* low* high* behind* behind_count*",
    "VolumeOut": "total* bins*",
    "TrendBinOut": "start* end* feedback* behind*",
    "SeriesOut": "name* count* share* low* high* counts* shares* behind*",
    "TrendsOut": "feedback* behind* bins* series*",
    "DriverOut": (
        "kind* name* count* of* share* rest_count* rest_of* rest_share* ratio* low* high* p* q* finding* "
        "behind* behind_all*"
    ),
    "DriversOut": "target* rest* tried* behind* behind_all* drivers*",
    "SegmentOut": (
        "name* answers* good* bad* net_value* net_low* net_high* good_value* good_low* good_high* "
        "mean_value* mean_low* mean_high* behind* behind_good* behind_bad*"
    ),
    "SegmentsOut": "score* good* bad* total* segments*",
    "RuleLineOut": "rule* alerts* reviews* signals* a_week* precision* follow_up* close* behind_alerts*",
    "RuleLinesOut": "rules*",
    "SignalLineOut": (
        "id* rule* title* severity* state* key* opened_at* started_at* ended_at* problem* feedback* behind*"
    ),
    "ProblemLineOut": "id* title* topic* unit* state* created_at* solved_at* alerts*",
    "HappeningsOut": "signals* problems* more*",
    "EmployeeOut": "id* name*",
    "EmployeesOut": "employees*",
    "WeekOut": (
        "start* end* feedback* praise* praise_share* praise_low* praise_high* alerts* alerts_share* "
        "alerts_low* alerts_high* behind* behind_praise* behind_alerts*"
    ),
    "TallyOut": (
        "name* feedback* praise* praise_share* praise_low* praise_high* alerts* alerts_share* "
        "alerts_low* alerts_high* behind* behind_praise* behind_alerts*"
    ),
    "NoteIn": "note* feedback",
    "NoteAboutOut": "source* id*",
    "NoteOut": "id* author* at* note* feedback*",
    "CoachingOut": "employee* name* seeing* total* topics* weeks* notes*",
}
CONDITIONS = (
    "words label sentiment score attribute missing source channel language status unit customer employee "
    "alerted rule pattern behind since until "
)
PARAMETERS = {
    ("get", "/v1/feedback"): CONDITIONS + "count limit cursor format",
    ("get", "/v1/insights/volume"): CONDITIONS + "every format",
    ("get", "/v1/insights/patterns"): CONDITIONS + "every format",
    ("get", "/v1/insights/trends"): CONDITIONS + "by every under leaves format",
    ("get", "/v1/insights/drivers"): CONDITIONS + "target format",
    ("get", "/v1/insights/scores"): CONDITIONS + "of by format",
    ("get", "/v1/insights/rules"): "since until format",
    ("get", "/v1/insights/happenings"): "since until format",
    ("get", "/v1/coaching"): "",
    ("get", "/v1/coaching/{person}"): CONDITIONS + "person format",
    ("post", "/v1/coaching/{person}/notes"): "person",
    ("delete", "/v1/coaching/{person}/notes/{note}"): "person note",
}
