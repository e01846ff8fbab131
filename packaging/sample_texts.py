"""The words of the sample documents. Everything in them is invented; the texts are free for any use (CC0)."""

from __future__ import annotations

BREAKS = (
    "excep-tion inde-pen-dently photo-graph dif-fered hun-dred where-ever re-placed blos-soms ear-lier "
    "har-vest sea-son an-other note-books note-book seed-ling num-ber paint-ed near-ly al-ways kilo-gram Leather-coat "
    "flower-ing be-tween Octo-ber cel-lar through-out sus-pected mar-gin mod-est stead-ier with-out fol-lowed "
    "neigh-bouring vil-lages be-fore pen-cil there-by kilo-grams de-grees hap-py stand-ard bas-ket sel-dom "
    "learned grafted no-tice keep-ers keep-er com-pared cop-ies set-tled be-side plant-ing"
)
"""Where words of the article may be broken at the end of a line."""

TITLE = "The Late Apples of Lindholm: Forty Years of Notes from a Small Orchard"
AUTHORS = "Marta Ellingsen, Tobias Rhee and Anouk Ferrand"
AFFILIATION = "Lindholm Orchard Society, Mill Lane 4, Lindholm"
JOURNAL = "Notes from the Garden · Volume 12 · Number 3"
ABSTRACT = (
    "Between 1983 and 2023 the keepers of a hillside orchard wrote down, tree by tree, when the buds opened, when the "
    "fruit was picked and how long it kept in the cellar. We read these notebooks again and put their 11 240 entries "
    "into one table. The trees now flower nine days earlier than they did at the start, yet the latest apples are "
    "still picked in the first week of November. We describe the orchard, the notebooks and what can be learned from "
    "them by anyone who plants a tree today."
)

ARTICLE_1_LEFT: list[tuple[str, str]] = [
    ("heading", "1 Introduction"),
    (
        "paragraph",
        "An orchard is a slow thing. Whoever plants a standard apple tree waits seven years for the first basket and "
        "twenty for a full crop, and will seldom see the tree grow old. What one keeper learns is easily lost with the "
        "next. The orchard of Lindholm is a happy exception: since the spring of 1983 its keepers have kept a "
        "notebook, and no year is missing.",
    ),
    (
        "indented",
        "The orchard lies at 310 metres above the sea on a slope that faces south and west. Its soil is a heavy loam "
        "over chalk. There are 186 trees of 41 kinds, most of them grafted on seedling stock by the first keeper, who "
        "bought the land after the mill had closed.",
    ),
    ("heading", "2 The notebooks"),
    (
        "paragraph",
        "Each tree has a number painted on a slate. For every tree and year the keepers wrote down four things, always "
        "in the same order and nearly always in pencil:",
    ),
    ("item", "the day on which half of the blossoms were open;"),
    ("item", "the day on which the first ripe fruit fell by itself;"),
    ("item", "the weight of the crop, to the nearest half kilogram;"),
    ("item", "the last day on which an apple from the cellar was still fit to be eaten raw."),
    (
        "paragraph",
        "The last of these is what makes the notebooks rare. A date of flowering can be found in many places; how "
        "long a Lindholm Leathercoat stays crisp under straw cannot.",
    ),
    (
        "indented",
        "We copied all entries twice, independently of one another, and compared the copies. They differed in 312 "
        "places, less than three in a hundred. In most of these a 1 had been taken for a 7; the slate beside the tree "
        "settled nearly all of them. Where it did not, we left the entry out of all averages.",
    ),
]

ARTICLE_1_RIGHT: list[tuple[str, str]] = [
    (
        "figure",
        "Figure 1. The orchard from the mill road on an evening in October, drawn after a photograph of 2019.",
    ),
    (
        "paragraph",
        "Trees that died were replaced by a graft of the same kind wherever there was one. We treat such a pair as one "
        "place in the orchard, but count its years from the day of planting.¹",
    ),
    ("heading", "3 What the notes show"),
    (
        "paragraph",
        "In the first ten years half of the blossoms were open on 9 May, on the average of all trees. In the last ten "
        "it was 30 April. The shift is not even: it is small until 1996 and almost all of it falls into the years "
        "after 2006. Early kinds moved most. The Pale Harvest, which is picked in July, now flowers twelve days "
        "earlier; the Long Keeper only five.",
    ),
    (
        "indented",
        "The end of the season tells another story. One would expect the harvest to move with the flowers, and for the "
        "early kinds it does.",
    ),
    (
        "indented",
        "The late kinds, however, are still picked between 28 October and 6 November, as they were forty years ago. "
        "They use the longer summer to grow heavier: the crop of a full-grown Long Keeper "
        "rose from 74 to 91 kilograms.",
    ),
]
FOOTNOTE = "¹ A graft needs about six years before its notes can be compared with those of an old tree."

ARTICLE_2_LEFT: list[tuple[str, str]] = [
    (
        "paragraph",
        "Heavier apples do not keep as long. In the cellar, which has stayed between four and seven degrees "
        "throughout, the last crisp apple was eaten on 2 April in the first decade and on 11 March in the last. A warm "
        "October costs more days than a warm summer, as the keepers had suspected all along and noted in the margin "
        "more than once.",
    ),
    ("heading", "4 Advice for planting"),
    ("paragraph", "From all this we draw three modest pieces of advice for those who plant now:"),
    (
        "numbered",
        "Mix the kinds. A late frost took four fifths of the early blossoms in 2017 and spared the late ones.",
    ),
    ("numbered", "Plant on a north slope if you can choose. It delays the flowers by about a week."),
    ("numbered", "Keep a notebook. Four numbers a tree and year are enough, and any pencil will do."),
    (
        "paragraph",
        "None of this is new, and all of it was known to the first keeper. What is new is that it can be shown with "
        "numbers from one place and one hand after the other.",
    ),
    (
        "indented",
        "A new keeper should also be told what cannot be learned from a table: where the frost lies in spring, which "
        "ladder is safe, and that the tree behind the house was planted for a child.",
    ),
]

ARTICLE_2_RIGHT: list[tuple[str, str]] = [
    ("heading", "5 Open questions"),
    (
        "paragraph",
        "We cannot say why the crop of the old trees became steadier. Until 1999 a rich year was followed by a poor "
        "one almost without exception; since then the two are hard to tell apart. The keepers began to thin the "
        "fruit in June at about the same time, but they did not write down on which trees.",
    ),
    (
        "indented",
        "Nor do we know how far one orchard speaks for another. Two neighbouring villages have promised us their own "
        "notes, which begin in 1991 and 2004. We hope to report on them before the next trees are due to be planted.",
    ),
    ("heading", "Acknowledgements"),
    (
        "paragraph",
        "We thank the six keepers, and above all the one who never sharpened her pencil and thereby made her hand so "
        "easy to tell from the others.",
    ),
    ("heading", "Sources"),
    ("source", "Notebooks I to XI, 1983–2023, kept in the orchard house at Lindholm."),
    ("source", "The mill register of Lindholm, pages 40 to 58, for the weather before 1990."),
    ("source", "Letters of the first keeper to her brother, copied by A. Ferrand in 2021."),
]

LETTER_HEAD = ["Harbour Street Library", "12 Harbour Street · Port Mellin", "Telephone 0555 010 224"]
LETTER_TO = ["Ms Ingrid Solheim", "Reading Circle of the Old Quay", "7 Ropewalk", "Port Mellin"]
LETTER_DATE = "Port Mellin, 14 September 2023"
LETTER_SUBJECT = "Your request for the small reading room on Thursday evenings"
LETTER_BODY = [
    "Dear Ms Solheim,",
    "Thank you for your letter of 2 September, in which you ask whether your reading circle may use the small reading "
    "room on the first floor once a week. We were glad to hear that the circle has grown to fourteen members, and we "
    "should like to help you find a place that you can keep for longer than one winter.",
    "The room is free on Thursdays from 18:30 until 21:00 between 5 October and 28 March, except in the last two weeks "
    "of December, when the whole house is closed. It has one long table, sixteen chairs, two good lamps and a kettle. "
    "The lift reaches the first floor, and the door beside the lift is wide enough for a wheelchair. Please note that "
    "the heating goes down at 20:45 and that nobody has yet persuaded it to do otherwise.",
    "We ask for no rent. In return we should be grateful if one of you would lock the side door, put the chairs back "
    "and tell us in the following week how many people came. Each spring we have to account for the use of our rooms, "
    "and a plain list of dates and numbers saves us much guessing. A form with 24 lines is enclosed; you will need "
    "only one side of it.",
    "You also asked whether we could lend you several copies of the same book. For the titles on the enclosed list we "
    "hold between eight and fifteen copies, among them three in large print. They may be borrowed for six weeks and "
    "renewed once. If you tell us your choice by the 20th of a month, the books will be waiting at the desk on the "
    "first Thursday of the next one. Titles that are not on the list can be ordered from the county store, which takes "
    "about ten working days and costs 0.85 for each parcel.",
    "May we make one suggestion of our own? In November we shall show forty photographs of the old fishing fleet, and "
    "many of the people in them are still without a name. Some of your members have lived by the quay all their lives. "
    "If the circle would give us one evening, we would gladly provide the tea and take notes.",
    "The key can be fetched from the desk on any day but Sunday. Please bring this letter with you.",
    "Yours sincerely,",
    "Edmund Tarrow",
    "Head of Lending",
]

MINUTES_TITLE = "Minutes of the Allotment Meeting"
MINUTES_INTRO = (
    "Held in the green hut on Saturday, 6 May 2023, from 10:00 to 11:40. "
    "Present: nineteen members; absent with apologies: four."
)
MINUTES: list[tuple[str, str]] = [
    (
        "1. Water",
        "The pump was repaired in April for 186.40. It now delivers about forty litres a minute. Members are asked to "
        "close both taps in the evening, as the lower one drips and had emptied half of the tank by Easter Monday.",
    ),
    (
        "2. The long hedge",
        "The hedge along the railway will be cut on 30 September and not before, because blackbirds nest in it. "
        "Eight people put their names on the list. Gloves and shears are in the hut; ladders must be brought along.",
    ),
    (
        "3. Empty plots",
        "Plots 11, 27 and 34 have been given back. Three families from the waiting list have looked at them and will "
        "decide within two weeks. The society pays for the removal of the old glass house on plot 27.",
    ),
    (
        "4. Accounts",
        "The treasurer reported an income of 2,318.00 and expenses of 1,975.60 for the past year. The books were "
        "checked by two members and found in order. The yearly fee remains at 48.00 for a whole plot.",
    ),
    (
        "5. Summer feast",
        "The feast takes place on 15 July from four o'clock. The brass band of the fire station will play if it does "
        "not rain. Cakes are welcome; please write down what is in them.",
    ),
]
MINUTES_END = "Next meeting: Saturday, 7 October 2023, at the same place and hour."

RECIPE_TITLE = "Plum Cake for a Full Table"
RECIPE_INTRO = "One tray, about twenty pieces. It tastes best on the second day, if anything is left."
RECIPE_ITEMS = [
    "1.5 kg of ripe plums, halved and stoned",
    "500 g of plain flour and a pinch of salt",
    "250 ml of lukewarm milk",
    "30 g of fresh yeast",
    "80 g of sugar and 80 g of soft butter",
    "1 egg, and the peel of half a lemon",
]
RECIPE_BODY = [
    "Stir the yeast into the milk with a spoonful of the sugar and wait until it foams. Knead it with the flour, the "
    "rest of the sugar, the butter, the egg, the salt and the lemon peel until the dough comes away from the bowl. "
    "Cover it with a cloth and leave it in a warm place for an hour; it should grow to twice its size.",
    "Roll the dough out on a greased tray. Set the plums upright in close rows, cut side up, and let the tray stand "
    "for another twenty minutes while the oven warms to 190 degrees.",
    "Bake the cake on the middle shelf for 35 to 40 minutes, until the edge is golden and the juice begins to set. "
    "Strew sugar and a little cinnamon over it while it is still hot, not before: sugar draws the juice out of the "
    "fruit and the dough would turn soft.",
]

CONTRACT_TITLE = "设备租赁合同"
CONTRACT_NUMBER = "合同编号：HT-2023-0318-007"
CONTRACT_PARTIES = ["甲方（出租方）：云杉镇公共仪器库", "乙方（承租方）：白石湾实验小学"]
CONTRACT_INTRO = (
    "甲乙双方本着平等、自愿、诚实信用的原则，经友好协商，就乙方租用甲方教学仪器一事达成如下协议，以资共同遵守。"
)
CONTRACT: list[tuple[str, list[str]]] = [
    ("第一条　租赁设备", ["甲方将下列设备租给乙方使用，设备的名称、数量及月租金如下表所示："]),
    (
        "第二条　租赁期限",
        [
            "租赁期限为十二个月，自2023年9月1日起至2024年8月31日止。期满前三十日内，乙方可以书面提出续租，在同等条件下享有优先权。"
        ],
    ),
    (
        "第三条　租金与支付",
        [
            "每月租金合计人民币2,480元，乙方应于每月5日前以转账方式汇入甲方账户，账号为622200470019830026。",
            "押金人民币5,000元，租赁期满且设备完好归还后七个工作日内，甲方应当无息退还。",
        ],
    ),
    (
        "第四条　使用与保管",
        [
            "乙方应按照说明书使用设备，不得擅自拆卸、改装或者转借他人。设备发生故障时，乙方应在两个工作日内通知甲方，由甲方派人检修；因乙方使用不当造成的损坏，修理费用由乙方承担。"
        ],
    ),
    (
        "第五条　违约责任",
        [
            "乙方逾期支付租金的，每逾期一日按应付金额的万分之五支付违约金；逾期超过三十日，甲方有权解除合同并收回全部设备。"
        ],
    ),
    ("第六条　其他", ["本合同一式两份，双方各执一份，自双方签字盖章之日起生效。未尽事宜，由双方另行协商解决。"]),
]
CONTRACT_TABLE = [
    ["序号", "设备名称", "型号", "数量", "月租金（元）"],
    ["1", "光学显微镜", "XW-400B", "12台", "960"],
    ["2", "数字示波器", "SB-2102", "4台", "720"],
    ["3", "天文望远镜", "TW-80/900", "2台", "560"],
    ["4", "气象观测箱", "QX-07", "3套", "240"],
]
CONTRACT_SIGNATURES = [
    ["甲方（盖章）：云杉镇公共仪器库", "代表人：沈砚秋", "日期：2023年8月18日"],
    ["乙方（盖章）：白石湾实验小学", "代表人：陆知远", "日期：2023年8月18日"],
]

ARABIC_TITLE = "المكتبة العامة في ميناء الزيتون"
ARABIC_BODY = [
    "ترحب المكتبة بجميع الزوار من كل عمر. تفتح أبوابها كل يوم من الساعة 9 صباحا حتى الساعة 6 مساء.",
    "يمكن استعارة خمسة كتب في المرة الواحدة لمدة أسبوعين. نرجو إعادة الكتب في موعدها حتى يستفيد منها غيركم.",
    "تقام في القاعة الكبيرة أمسية شعرية كل يوم خميس. الدخول مجاني والمقاعد محدودة.",
]
