<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Diglot</source>
        <translation>关于 Diglot</translation>
    </message>
    <message>
        <source>Diglot {version}</source>
        <translation>Diglot {version}</translation>
    </message>
    <message>
        <source>Reads documents on your own machine and shows the text beside the page. Nothing leaves the machine.</source>
        <translation>在您自己的电脑上识别文档，并在页面旁边显示文本。任何内容都不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later. It comes without any warranty.</source>
        <translation>自由软件，采用 GNU Affero 通用公共许可证第 3 版或更高版本授权，不提供任何担保。</translation>
    </message>
    <message>
        <source>HunyuanOCR: not included. It is a model by Tencent with a licence of its own; Tencent is not affiliated with this project.</source>
        <translation>HunyuanOCR：未包含。它是腾讯的模型，有其自己的许可协议；腾讯与本项目没有关联。</translation>
    </message>
    <message>
        <source>Libraries this stands on</source>
        <translation>所使用的软件库</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Libraries this stands on:</source>
        <translation>所使用的软件库：</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;100 %</source>
        <translation>实际大小(&amp;1)</translation>
    </message>
    <message>
        <source>&amp;About Diglot</source>
        <translation>关于 Diglot(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Go to page…</source>
        <translation>转到页面(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Next page</source>
        <translation>下一页(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Next part of the window</source>
        <translation>窗口的下一部分(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Previous page</source>
        <translation>上一页(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Read</source>
        <translation>识别(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation>另存为(&amp;S)…</translation>
    </message>
    <message>
        <source>Close the document</source>
        <translation>关闭文档</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在文本中查找</translation>
    </message>
    <message>
        <source>Fit &amp;page</source>
        <translation>适合整页(&amp;P)</translation>
    </message>
    <message>
        <source>Fit &amp;width</source>
        <translation>适合宽度(&amp;W)</translation>
    </message>
    <message>
        <source>Go to a page by its number</source>
        <translation>按页码转到页面</translation>
    </message>
    <message>
        <source>Go to the next page</source>
        <translation>转到下一页</translation>
    </message>
    <message>
        <source>Go to the page before</source>
        <translation>转到上一页</translation>
    </message>
    <message>
        <source>Make the page as wide as the window</source>
        <translation>使页面与窗口同宽</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open a PDF or pictures</source>
        <translation>打开 PDF 或图片</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>Open the picture or the files on the clipboard</source>
        <translation>打开剪贴板中的图片或文件</translation>
    </message>
    <message>
        <source>Open the sa&amp;mple</source>
        <translation>打开示例(&amp;M)</translation>
    </message>
    <message>
        <source>Open the sample document</source>
        <translation>打开示例文档</translation>
    </message>
    <message>
        <source>Page &amp;list</source>
        <translation>页面列表(&amp;L)</translation>
    </message>
    <message>
        <source>Page list, page, reading</source>
        <translation>页面列表、页面、识别结果</translation>
    </message>
    <message>
        <source>Part &amp;before</source>
        <translation>上一部分(&amp;B)</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Read the page you are looking at</source>
        <translation>识别当前页面</translation>
    </message>
    <message>
        <source>Read the pages not read yet, or all of them again</source>
        <translation>识别尚未识别的页面，或重新识别全部页面</translation>
    </message>
    <message>
        <source>Read this page a&amp;gain</source>
        <translation>重新识别本页(&amp;G)</translation>
    </message>
    <message>
        <source>Reading, page, page list</source>
        <translation>识别结果、页面、页面列表</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>Save what was read</source>
        <translation>保存识别结果</translation>
    </message>
    <message>
        <source>Show or hide the list of pages</source>
        <translation>显示或隐藏页面列表</translation>
    </message>
    <message>
        <source>Show the page in its true size</source>
        <translation>以实际大小显示页面</translation>
    </message>
    <message>
        <source>Show the whole page</source>
        <translation>显示整个页面</translation>
    </message>
    <message>
        <source>Stop reading; finished pages are kept</source>
        <translation>停止识别；已完成的页面会保留</translation>
    </message>
    <message>
        <source>Version, licence and libraries</source>
        <translation>版本、许可证与所用程序库</translation>
    </message>
    <message>
        <source>What the keys do</source>
        <translation>各快捷键的用途</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>{count} failed</source>
        <translation>{count} 页失败</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Open a PDF or a picture</source>
        <translation>打开 PDF 或图片</translation>
    </message>
    <message>
        <source>Drop it here, paste it, or choose a file.
Its text appears beside the page, read on this machine.</source>
        <translation>拖放到这里、粘贴，或选择一个文件。
文本会显示在页面旁边，识别全部在本机完成。</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>打开示例</translation>
    </message>
    <message>
        <source>Opened lately</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Searching…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>{total} found</source>
        <translation>找到 {total} 处</translation>
    </message>
    <message>
        <source>{index} of {total}</source>
        <translation>第 {index} 处，共 {total} 处</translation>
    </message>
    <message>
        <source>Empty the field</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在文本中查找</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>关闭查找</translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Close the search</source>
        <translation>关闭查找</translation>
    </message>
    <message>
        <source>Copy the selection</source>
        <translation>复制所选内容</translation>
    </message>
    <message>
        <source>Copy the table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Ctrl+mouse wheel</source>
        <translation>Ctrl+鼠标滚轮</translation>
    </message>
    <message>
        <source>Move the page by hand</source>
        <translation>用手形拖动页面</translation>
    </message>
    <message>
        <source>Next place found</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Place found before</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Space+mouse, or the middle button</source>
        <translation>空格+鼠标，或鼠标中键</translation>
    </message>
    <message>
        <source>Zoom the page around the pointer; make the letters of the reading larger or smaller</source>
        <translation>以指针为中心缩放页面；放大或缩小识别结果的文字</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>What</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>What the keys do</source>
        <translation>各快捷键的用途</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>页面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>清除记录</translation>
    </message>
    <message>
        <source>Nothing opened yet</source>
        <translation>尚未打开过文件</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
    <message>
        <source>Pages {numbers}</source>
        <translation>第 {numbers} 页</translation>
    </message>
    <message>
        <source>Diglot</source>
        <translation>Diglot</translation>
    </message>
</context>
<context>
    <name>OpenFiles</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>PDF and pictures</source>
        <translation>PDF 和图片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>PageView</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>This page could not be drawn</source>
        <translation>无法显示此页</translation>
    </message>
</context>
<context>
    <name>PagesModel</name>
    <message>
        <source>Page {number}: {state}</source>
        <translation>第 {number} 页：{state}</translation>
    </message>
    <message>
        <source>not read</source>
        <translation>未识别</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>being read</source>
        <translation>正在识别</translation>
    </message>
    <message>
        <source>read</source>
        <translation>已识别</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>The password does not fit. Check capitals and the keyboard layout, and try again.</source>
        <translation>密码不正确。请检查大小写和键盘布局，然后重试。</translation>
    </message>
    <message>
        <source>“{name}” is protected by a password.</source>
        <translation>“{name}”受密码保护。</translation>
    </message>
    <message>
        <source>The document</source>
        <translation>此文档</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Progress of the reading</source>
        <translation>识别进度</translation>
    </message>
    <message>
        <source>Stop reading; finished pages are kept</source>
        <translation>停止识别；已完成的页面会保留</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止识别</translation>
    </message>
    <message>
        <source>{done} of {total} pages</source>
        <translation>{done} / {total} 页</translation>
    </message>
    <message>
        <source>Reading the page</source>
        <translation>正在识别页面</translation>
    </message>
    <message>
        <source>{count} failed</source>
        <translation>{count} 页失败</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>{rate} pages/s</source>
        <translation>{rate} 页/秒</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
    </message>
    <message>
        <source>{m} min {s} s</source>
        <translation>{m} 分 {s} 秒</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} 小时 {m} 分</translation>
    </message>
</context>
<context>
    <name>RawView</name>
    <message>
        <source>Lines as they were read</source>
        <translation>识别出的各行</translation>
    </message>
</context>
<context>
    <name>ReadingSide</name>
    <message>
        <source>This page waits to be read.</source>
        <translation>此页正在等待识别。</translation>
    </message>
    <message>
        <source>This page is being read …</source>
        <translation>正在识别此页…</translation>
    </message>
    <message>
        <source>This page could not be read. Shift+F5 tries it again.</source>
        <translation>此页无法识别。按 Shift+F5 重试。</translation>
    </message>
    <message>
        <source>This page has not been read. Press F5 to read the document.</source>
        <translation>此页尚未识别。按 F5 识别文档。</translation>
    </message>
</context>
<context>
    <name>ReadingText</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Text of the page</source>
        <translation>页面文本</translation>
    </message>
</context>
<context>
    <name>ReadingView</name>
    <message>
        <source>[Figure]</source>
        <translation>[图]</translation>
    </message>
    <message>
        <source>The reader is not sure of this line ({percent} %).</source>
        <translation>这一行的识别结果不够可靠（{percent} %）。</translation>
    </message>
    <message numerus="yes">
        <source>%n more row(s): see the tab “Tables”.</source>
        <translation>
            <numerusform>另有 %n 行，请见“表格”标签页。</numerusform>
        </translation>
    </message>
    <message>
        <source>Tables ({count})</source>
        <translation>表格 ({count})</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>No text was found on this page.</source>
        <translation>此页上没有找到文本。</translation>
    </message>
    <message>
        <source>This page has not been read yet.</source>
        <translation>此页尚未识别。</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原始行</translation>
    </message>
    <message>
        <source>The lines just as they were read</source>
        <translation>按识别原样逐行显示</translation>
    </message>
    <message>
        <source>Ways to show the reading</source>
        <translation>识别结果的显示方式</translation>
    </message>
</context>
<context>
    <name>SaveAs</name>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>JSON with all places</source>
        <translation>JSON（含所有位置信息）</translation>
    </message>
    <message>
        <source>Save what was read</source>
        <translation>保存识别结果</translation>
    </message>
</context>
<context>
    <name>TableButton</name>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Copy the table, for a spreadsheet or a document (Ctrl+Shift+C)</source>
        <translation>复制表格，可粘贴到电子表格或文档中 (Ctrl+Shift+C)</translation>
    </message>
</context>
<context>
    <name>TableGrid</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>TablesView</name>
    <message>
        <source>Save the table</source>
        <translation>保存表格</translation>
    </message>
    <message>
        <source>CSV tables (*.csv)</source>
        <translation>CSV 表格 (*.csv)</translation>
    </message>
    <message>
        <source>Table {number} ({rows} × {columns})</source>
        <translation>表格 {number}（{rows} × {columns}）</translation>
    </message>
    <message>
        <source>There is no table on this page.</source>
        <translation>此页上没有表格。</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Which table</source>
        <translation>选择表格</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
</context>
<context>
    <name>Thumbnails</name>
    <message>
        <source>List of pages</source>
        <translation>页面列表</translation>
    </message>
</context>
<context>
    <name>Toolbar</name>
    <message>
        <source>Toolbar</source>
        <translation>工具栏</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>of {count}</source>
        <translation>/ {count}</translation>
    </message>
    <message>
        <source>How pages are read</source>
        <translation>页面的识别方式</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>The document&apos;s own text where it is sound, else the picture</source>
        <translation>文档自带文本可靠时使用文本，否则识别图像</translation>
    </message>
    <message>
        <source>From the picture</source>
        <translation>识别图像</translation>
    </message>
    <message>
        <source>Recognise every page from what can be seen</source>
        <translation>按看到的内容识别每一页</translation>
    </message>
    <message>
        <source>Own text only</source>
        <translation>仅自带文本</translation>
    </message>
    <message>
        <source>Take only the text that the document carries</source>
        <translation>只使用文档自带的文本</translation>
    </message>
    <message>
        <source>Page number</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Go to a page by its number (Ctrl+G)</source>
        <translation>按页码转到页面 (Ctrl+G)</translation>
    </message>
</context>
<context>
    <name>Workbench</name>
    <message>
        <source>There is no picture and no file on the clipboard.</source>
        <translation>剪贴板中没有图片或文件。</translation>
    </message>
    <message>
        <source>Nothing has been read yet. Press F5 to read the document.</source>
        <translation>尚未识别任何内容。按 F5 识别文档。</translation>
    </message>
    <message>
        <source>Opening {name} …</source>
        <translation>正在打开 {name}…</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已保存为 {name}。</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>Something went wrong</source>
        <translation>出错了</translation>
    </message>
    <message>
        <source>Please try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>This was not understood</source>
        <translation>无法理解此命令</translation>
    </message>
    <message>
        <source>Run the command with --help to see what it takes.</source>
        <translation>请用 --help 运行该命令，查看其用法。</translation>
    </message>
    <message>
        <source>This cannot be read</source>
        <translation>无法读取此内容</translation>
    </message>
    <message>
        <source>Choose a PDF or a picture.</source>
        <translation>请选择 PDF 或图片。</translation>
    </message>
    <message>
        <source>There is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>Check the name and the folder.</source>
        <translation>请检查文件名和文件夹。</translation>
    </message>
    <message>
        <source>This file may not be read</source>
        <translation>没有读取此文件的权限</translation>
    </message>
    <message>
        <source>Ask its owner for permission, or copy it to a folder of yours.</source>
        <translation>请向文件所有者申请权限，或将其复制到您自己的文件夹。</translation>
    </message>
    <message>
        <source>The file is empty</source>
        <translation>文件是空的</translation>
    </message>
    <message>
        <source>Copy or download it again; it holds no bytes.</source>
        <translation>请重新复制或下载；该文件没有任何内容。</translation>
    </message>
    <message>
        <source>This is neither a PDF nor a picture</source>
        <translation>这既不是 PDF 也不是图片</translation>
    </message>
    <message>
        <source>Save it as PDF, PNG, JPEG or TIFF and open that.</source>
        <translation>请将其另存为 PDF、PNG、JPEG 或 TIFF 后再打开。</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>Get it again from where it came; it seems to be cut off or changed.</source>
        <translation>请从原处重新获取；它似乎不完整或被改动过。</translation>
    </message>
    <message>
        <source>Please report it with the log; “diglot doctor” says where the log lies.</source>
        <translation>请附上日志报告此问题；“diglot doctor”会指出日志的位置。</translation>
    </message>
    <message>
        <source>Run “diglot read FILE” instead; it needs none.</source>
        <translation>请改用“diglot read 文件”；它不需要显示器。</translation>
    </message>
    <message>
        <source>The document has no pages</source>
        <translation>文档没有页面</translation>
    </message>
    <message>
        <source>There is no display to open the window on</source>
        <translation>没有可用于打开窗口的显示器</translation>
    </message>
    <message>
        <source>There is nothing to read in it; get it again from where it came.</source>
        <translation>其中没有可读取的内容；请从原处重新获取。</translation>
    </message>
    <message>
        <source>The document is protected by a password</source>
        <translation>文档受密码保护</translation>
    </message>
    <message>
        <source>Give the password (in the window, or with --password-file).</source>
        <translation>请输入密码（在窗口中，或使用 --password-file）。</translation>
    </message>
    <message>
        <source>The password does not fit</source>
        <translation>密码不正确</translation>
    </message>
    <message>
        <source>Check capitals and the keyboard layout, and try again.</source>
        <translation>请检查大小写和键盘布局，然后重试。</translation>
    </message>
    <message>
        <source>The picture is too large</source>
        <translation>图片太大</translation>
    </message>
    <message>
        <source>Scale it down or cut it into parts first.</source>
        <translation>请先缩小图片或将其裁成几部分。</translation>
    </message>
    <message>
        <source>The picture has no pixels</source>
        <translation>图片没有像素</translation>
    </message>
    <message>
        <source>Save it again from the program that made it.</source>
        <translation>请用生成它的程序重新保存。</translation>
    </message>
    <message>
        <source>There is no picture in this folder</source>
        <translation>此文件夹中没有图片</translation>
    </message>
    <message>
        <source>Choose a folder with pictures, or a single file.</source>
        <translation>请选择包含图片的文件夹，或单个文件。</translation>
    </message>
    <message>
        <source>This is a folder, though it is named like a file</source>
        <translation>这是一个文件夹，虽然名称像文件</translation>
    </message>
    <message>
        <source>Open the file inside it, or rename the folder.</source>
        <translation>请打开其中的文件，或重命名该文件夹。</translation>
    </message>
    <message>
        <source>This is not an ordinary file</source>
        <translation>这不是普通文件</translation>
    </message>
    <message>
        <source>Copy its content into a file and open that.</source>
        <translation>请将其内容复制到文件中再打开。</translation>
    </message>
    <message>
        <source>The file went away or changed while it was open</source>
        <translation>文件在打开期间消失或被改动</translation>
    </message>
    <message>
        <source>Connect the drive again, or open the file again.</source>
        <translation>请重新连接驱动器，或重新打开文件。</translation>
    </message>
    <message>
        <source>This page could not be read</source>
        <translation>无法读取此页</translation>
    </message>
    <message>
        <source>The other pages are not affected.</source>
        <translation>其他页面不受影响。</translation>
    </message>
    <message>
        <source>This page is damaged</source>
        <translation>此页已损坏</translation>
    </message>
    <message>
        <source>The other pages are not affected; get the file again if this page matters.</source>
        <translation>其他页面不受影响；如果需要此页，请重新获取文件。</translation>
    </message>
    <message>
        <source>This page made its parser crash</source>
        <translation>此页导致解析程序崩溃</translation>
    </message>
    <message>
        <source>The other pages are not affected. Do not trust this file more than you must.</source>
        <translation>其他页面不受影响。请谨慎对待此文件。</translation>
    </message>
    <message>
        <source>This page took too long</source>
        <translation>此页处理时间过长</translation>
    </message>
    <message>
        <source>The other pages are not affected; try this one again alone.</source>
        <translation>其他页面不受影响；请单独重试此页。</translation>
    </message>
    <message>
        <source>This page needs too much memory</source>
        <translation>此页需要的内存过多</translation>
    </message>
    <message>
        <source>The other pages are not affected; print this page to a new PDF and open that.</source>
        <translation>其他页面不受影响；请将此页打印成新的 PDF 后再打开。</translation>
    </message>
    <message>
        <source>The page could not be read</source>
        <translation>无法识别该页面</translation>
    </message>
    <message>
        <source>This is a fault in Diglot itself</source>
        <translation>这是 Diglot 自身的错误</translation>
    </message>
    <message>
        <source>Try again, or choose another reader.</source>
        <translation>请重试，或选择其他识别方式。</translation>
    </message>
    <message>
        <source>This reader cannot do that</source>
        <translation>此识别方式不支持该任务</translation>
    </message>
    <message>
        <source>Choose another task, or set up the engine for this one.</source>
        <translation>请选择其他任务，或为此任务设置引擎。</translation>
    </message>
    <message>
        <source>This page carries no text of its own</source>
        <translation>此页没有自带文本</translation>
    </message>
    <message>
        <source>Read it with the reader “auto” or “cpu”, which look at the picture.</source>
        <translation>请使用识别图像的方式“auto”或“cpu”。</translation>
    </message>
    <message>
        <source>The reader stopped unexpectedly on this page</source>
        <translation>识别程序在此页意外停止</translation>
    </message>
    <message>
        <source>It was started again for the other pages; try this page once more.</source>
        <translation>识别程序已为其他页面重新启动；请重试此页。</translation>
    </message>
    <message>
        <source>The reader gave no answer in time</source>
        <translation>识别程序未能及时响应</translation>
    </message>
    <message>
        <source>The built-in reader is not installed completely</source>
        <translation>内置识别程序安装不完整</translation>
    </message>
    <message>
        <source>Install the application again; “diglot doctor” says what is missing.</source>
        <translation>请重新安装本应用；“diglot doctor”会指出缺少什么。</translation>
    </message>
    <message>
        <source>The result could not be saved</source>
        <translation>无法保存结果</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>请选择其他位置。</translation>
    </message>
    <message>
        <source>Nothing can be written there</source>
        <translation>无法写入该位置</translation>
    </message>
    <message>
        <source>Choose a folder of yours.</source>
        <translation>请选择您自己的文件夹。</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Free some space, or choose another drive; nothing was left half-written.</source>
        <translation>请释放一些空间，或选择其他驱动器；没有留下写了一半的文件。</translation>
    </message>
    <message>
        <source>This would overwrite the original</source>
        <translation>这会覆盖原文件</translation>
    </message>
    <message>
        <source>Choose another name; originals are never changed.</source>
        <translation>请换一个名称；原文件从不会被改动。</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Finished pages are kept.</source>
        <translation>已完成的页面会保留。</translation>
    </message>
</context>
<context>
    <name>origins</name>
    <message>
        <source>Text of the document</source>
        <translation>文档自带文本</translation>
    </message>
    <message>
        <source>Read from the picture</source>
        <translation>由图像识别</translation>
    </message>
    <message>
        <source>Partly text of the document, partly read from the picture</source>
        <translation>部分为文档自带文本，部分由图像识别</translation>
    </message>
</context>
<context>
    <name>outcomes</name>
    <message>
        <source>All pages are read.</source>
        <translation>所有页面均已识别。</translation>
    </message>
    <message>
        <source>Some pages could not be read.</source>
        <translation>部分页面无法识别。</translation>
    </message>
    <message>
        <source>Stopped. The pages read so far are kept; F5 goes on with the others.</source>
        <translation>已停止。已识别的页面已保留；按 F5 继续识别其余页面。</translation>
    </message>
</context>
<context>
    <name>warnings</name>
    <message>
        <source>No text was found on this page.</source>
        <translation>此页上没有找到文本。</translation>
    </message>
    <message>
        <source>The document&apos;s own text does not match what can be seen, so the picture was read.</source>
        <translation>文档自带的文本与所见内容不符，因此改为识别图像。</translation>
    </message>
    <message>
        <source>Some lines are doubtful; they are underlined.</source>
        <translation>部分行的识别结果存疑，已用下划线标出。</translation>
    </message>
    <message>
        <source>This page seems to be in a script that the built-in reader cannot read. Do not trust this text.</source>
        <translation>此页似乎使用了内置识别程序无法识别的文字。请勿相信这些文本。</translation>
    </message>
    <message>
        <source>The page was turned to read it.</source>
        <translation>识别时旋转了页面。</translation>
    </message>
    <message>
        <source>A picture on this page is damaged and is shown only in part; text in the rest of it is missing. Get the file again if you can.</source>
        <translation>此页上的一幅图像已损坏，只显示了一部分，其余部分中的文字缺失。如有可能，请重新获取该文件。</translation>
    </message>
    <message>
        <source>The document&apos;s own text could not be confirmed by what can be seen, but its picture says much less, so the text was kept. Compare it with the page.</source>
        <translation>文档自带的文本无法由所见内容证实，但图像中能读出的文字少得多，因此保留了该文本。请与页面核对。</translation>
    </message>
    <message>
        <source>The file was damaged and was repaired while opening; something may be missing.</source>
        <translation>文件已损坏，打开时进行了修复；可能有内容缺失。</translation>
    </message>
    <message>
        <source>The page is very large and was read at a smaller size; small print may be wrong.</source>
        <translation>页面非常大，已缩小后识别；小字可能有误。</translation>
    </message>
</context>
</TS>
