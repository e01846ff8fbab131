<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>CompareDialog</name>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n difference</numerusform>
            <numerusform>%n differences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Doubts</name>
    <message numerus="yes">
        <source>%n page(s) need a look</source>
        <translation>
            <numerusform>%n page needs a look</numerusform>
            <numerusform>%n pages need a look</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n word(s) need a look</source>
        <translation>
            <numerusform>%n word needs a look</numerusform>
            <numerusform>%n words need a look</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EnginePanel</name>
    <message numerus="yes">
        <source>after %n minute(s)</source>
        <translation>
            <numerusform>after %n minute</numerusform>
            <numerusform>after %n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HitsModel</name>
    <message numerus="yes">
        <source>%n more page(s) of {name}</source>
        <translation>
            <numerusform>%n more page of {name}</numerusform>
            <numerusform>%n more pages of {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{name}: %n page(s)</source>
        <translation>
            <numerusform>{name}: %n page</numerusform>
            <numerusform>{name}: %n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryDialog</name>
    <message numerus="yes">
        <source>%n page(s) found</source>
        <translation>
            <numerusform>%n page found</numerusform>
            <numerusform>%n pages found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryRows</name>
    <message numerus="yes">
        <source>%n more page(s) of this document</source>
        <translation>
            <numerusform>%n more page of this document</numerusform>
            <numerusform>%n more pages of this document</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) read</source>
        <translation>
            <numerusform>%n page read</numerusform>
            <numerusform>%n pages read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{read} of %n page(s) read</source>
        <translation>
            <numerusform>{read} of %n page read</numerusform>
            <numerusform>{read} of %n pages read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message numerus="yes">
        <source>Read %n failed page(s) again</source>
        <translation>
            <numerusform>Read %n failed page again</numerusform>
            <numerusform>Read %n failed pages again</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReadingView</name>
    <message numerus="yes">
        <source>%n more row(s): see the tab “Tables”.</source>
        <translation>
            <numerusform>%n more row: see the tab “Tables”.</numerusform>
            <numerusform>%n more rows: see the tab “Tables”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StateView</name>
    <message numerus="yes">
        <source>It ended by itself and was started again %n time(s).</source>
        <translation>
            <numerusform>It ended by itself and was started again once.</numerusform>
            <numerusform>It ended by itself and was started again %n times.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>figures</name>
    <message numerus="yes">
        <source>Reads about %n page(s) at once, pages up to {tokens} tokens.</source>
        <translation>
            <numerusform>Reads about %n page at once, pages up to {tokens} tokens.</numerusform>
            <numerusform>Reads about %n pages at once, pages up to {tokens} tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>library</name>
    <message numerus="yes">
        <source>%n document(s) forgotten</source>
        <translation>
            <numerusform>%n document forgotten</numerusform>
            <numerusform>%n documents forgotten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) were read.</source>
        <translation>
            <numerusform>%n page was read.</numerusform>
            <numerusform>%n pages were read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Forget %n document(s)?</source>
        <translation>
            <numerusform>Forget %n document?</numerusform>
            <numerusform>Forget %n documents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The library holds %n document(s).</source>
        <translation>
            <numerusform>The library holds %n document.</numerusform>
            <numerusform>The library holds %n documents.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{size} in %n document(s)</source>
        <translation>
            <numerusform>{size} in %n document</numerusform>
            <numerusform>{size} in %n documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>• and %n more</source>
        <translation>
            <numerusform>• and %n more</numerusform>
            <numerusform>• and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message numerus="yes">
        <source>%n page(s) at once</source>
        <translation>
            <numerusform>%n page at once</numerusform>
            <numerusform>%n pages at once</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) at once were read rightly.</source>
        <translation>
            <numerusform>%n page at once was read rightly.</numerusform>
            <numerusform>%n pages at once were read rightly.</numerusform>
        </translation>
    </message>
</context>
</TS>
